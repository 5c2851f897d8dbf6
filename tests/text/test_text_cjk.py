"""Chinese and Japanese are cut into words and sentences, although no white space says where they end."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.text.script_claims import assert_gives_source_back, assert_sound, tokens_of
from voxcue.errors import TextError
from voxcue.text import cjk, parse
from voxcue.text.script import PARAGRAPH_PAUSE, SENTENCE_PAUSE

CHINESE = [
    "我们|昨天|去|了|北京大学。",
    "你好，|世界！",
    "他|说：|“今天|很|冷。”",
    "我|在|看|《红楼梦》|（全本）。",
    "我|有|3|个|苹果，|花|了|$3.50。",
    "2014|年|5|月，|iPhone|和|Mac|都|很|贵。",
    "你好,|“再见”|John|说",
    '他|说|"你好"|了',
    "他——|我|的|朋友——|来|了。",
    "列奥纳多·|达·|芬奇",
    "二〇一四|年，|哈哈哈哈哈！",
    "下午|10：30|到|１２，３４５|米，|５０％|的|人。",
    "写信|到|ada@example.com|吧，|看|https://example.com/a?b=c|吧。",
    "看|https://zh.example.org/wiki/维基百科，|谢谢。",
    "我|爱|#北京旅行#|真|好，|@张三",
    "你好😀。|再见",
    "你好「",
]
JAPANESE = [
    "昨日は|天気が|よかったので、|公園を|散歩しました。",
    "「コーヒー|を|飲みますか？」|と|彼女は|言った。",
    "2014|年に|iPhone|を|買った。",
    "お茶と|ご飯を|食べることを|やめました。",
    "ググってください。",
    "レオナルド・|ダ・|ヴィンチ|は",
    "3|ヶ月の|間、|東京都、|大阪府で|雨が|降った。",
    "ありがとう|ございました。",
    "え——っ！|「待って——」|と|言った。",
    "枝が|折れて|しまったけれど、|日本国憲法|第九十六条。",
]
OPENERS, CLOSERS = "「『（【《〈“‘", "，。！？；：、…」』）】》〉”’"


def shown(source: str) -> str:
    return "|".join(token.text for token in tokens_of(parse(source)))


@pytest.mark.parametrize("marked", [*CHINESE, *JAPANESE])
def test_words_are_cut(marked: str) -> None:
    pytest.importorskip("rjieba")
    script = parse(marked.replace("|", ""))
    assert shown(script.source) == marked
    assert_sound(script)
    assert_gives_source_back(script)
    assert all(token.space == "" for token in tokens_of(script))


@pytest.fixture
def without_rjieba(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "rjieba", None)
    cjk._segmenter.cache_clear()
    yield
    cjk._segmenter.cache_clear()


@pytest.mark.usefixtures("without_rjieba")
def test_without_rjieba_each_chinese_character_is_a_word_and_japanese_is_cut_as_ever() -> None:
    assert shown("我们去了iPhone展览。") == "我|们|去|了|iPhone|展|览。"
    assert shown("哈哈哈哈！二〇一四年") == "哈哈哈哈！|二〇一四|年"
    assert shown("公園を散歩しました。") == "公園を|散歩しました。"


def test_english_needs_no_chinese_dictionary(monkeypatch: pytest.MonkeyPatch) -> None:
    load = builtins.__import__

    def refuse(name: str, *args: object, **options: object) -> object:
        assert name != "rjieba"
        return load(name, *args, **options)  # type: ignore[arg-type]

    cjk._segmenter.cache_clear()
    monkeypatch.setattr(builtins, "__import__", refuse)
    assert shown("It’s naïve — “really”, カタカナ を") == "It’s|naïve|—|“really”,|カタカナ|を"


def test_korean_is_cut_at_its_spaces_only() -> None:
    assert shown("大韓民國은 좋은 나라입니다。") == "大韓民國은|좋은|나라입니다。"


def test_a_chinese_text_that_quotes_japanese_stays_chinese() -> None:
    pytest.importorskip("rjieba")
    text = "我们一起去了北京的大学，看见很多学生在图书馆里读书，她说“すごい”，大家都很高兴。"
    assert "她|说|“すごい”，|大家|都|很|高兴。" in shown(text)


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("你好，世界。", "你好,|世界."),
        ("真的吗？是！", "真的|吗?|是!"),
        ("你好；他说：「好、好」", "你好;|他|说:|好,|好"),
        ("我……他——好", "我…|他—|好"),
        ("他（真的）走了", "他,|真的,|走|了"),
        ("2014年，共$3.50", "twenty fourteen|年,|共|three dollars fifty"),
        ("5～6个", "five to six|个"),
        ("二〇一四", "二零一四"),
        ("#旅行#好", "hashtag 旅行|好"),
        ("hello。world", "hello.|world"),
        ("سلام۔دنیا", "سلام. دنیا"),
    ],
)
def test_punctuation_shapes_prosody_as_in_english(text: str, spoken: str) -> None:
    pytest.importorskip("rjieba")
    assert "|".join(token.spoken for token in tokens_of(parse(text))) == spoken


def sentences(text: str, **limits: int) -> list[str]:
    return [
        "".join(token.text for token in utterance.tokens) for utterance in parse(text, **limits).utterances
    ]


def test_ideographic_stops_end_sentences() -> None:
    text = "你好。真的吗？走吧！他说：「去哪里？我不知道。」然后走了。"
    assert sentences(text) == [
        "你好。",
        "真的吗？",
        "走吧！",
        "他说：「去哪里？",
        "我不知道。」",
        "然后走了。",
    ]
    pauses = [utterance.pause for utterance in parse("你好。\n\n真的吗？走吧！").utterances]
    assert pauses == [PARAGRAPH_PAUSE, SENTENCE_PAUSE, 0.0]


def test_a_quotation_goes_on_with_its_particle() -> None:
    assert sentences("「行くよ。」と言った。「とても。」とても寒い。") == [
        "「行くよ。」と言った。",
        "「とても。」",
        "とても寒い。",
    ]


def test_items_of_a_chinese_list_are_sentences() -> None:
    assert sentences("做法\n1、混合面粉\n2、加入鸡蛋") == ["做法", "1、混合面粉", "2、加入鸡蛋"]


def test_a_long_sentence_without_punctuation_is_split() -> None:
    script = parse("我们昨天去了北京大学看见了很多学生在图书馆里读书" * 40, max_chars=80)
    assert len(script.utterances) > 10
    assert max(len(utterance.spoken) for utterance in script.utterances) <= 80


def test_a_pause_may_stand_anywhere() -> None:
    pytest.importorskip("rjieba")
    script = parse("你好[pause 1s]，世界。")
    assert [(token.text, token.offset) for token in tokens_of(script)] == [
        ("你好", 0),
        ("，", 12),
        ("世界。", 13),
    ]
    assert script.utterances[0].pause == 1.0


PARTS = [
    "我们", "北京大学", "の", "を", "コーヒー", "っ", "ー", "々", "ヶ", "お茶", "2014", "$3.50", "Mac",
    "가나", "〇", "哈哈哈哈", *OPENERS, *CLOSERS, "——", "～", "・", '"', "'", "(", ")", ",", ".", "#",
    "@", "http://a.b/", "😀", "\ufe0f", "\u3099", "\U00020000", "\ud800", "\u200d", " ", "\n", "\u3000",
]  # fmt: skip


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=20).map("".join))
@example("我" * 12 + "「")
def test_any_mixture_is_kept_and_no_word_begins_with_what_may_not_begin_a_line(source: str) -> None:
    try:
        script = parse(source)
    except TextError:
        return
    assert_sound(script)
    assert_gives_source_back(script)
    tokens = tokens_of(script)
    for before, token in pairwise(tokens):
        if not before.space and token.words:
            assert token.text[0] not in "，。！？；：、」』）】》〉ーっ\u3099"
            assert before.text[-1] not in "「『（【《〈"
