# ruff: noqa: RUF001
"""How well does `Pace` tell how long speech lasts? Beside the rule of bytes that F5-TTS comes with.

An utterance of 4 to 10 s is the reference, others of the same voice and speed are told from it. Truth is
speech with the silence around it trimmed: hibari (whose speech of other texts the weights are fitted to), and
voices not used for fitting, of flite and espeak-ng (Debian packages; without them their rows are left out).
"""

from __future__ import annotations

import random
import re
import shutil
import statistics
import subprocess
import tempfile
import timeit
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pydoc_data.topics import topics

import numpy as np
import soundfile

from common import ROOT, figure
from voxcue.audio.trim import trim
from voxcue.engines import SynthesisRequest
from voxcue.engines.f5.duration import SHORTEST, WEIGHTS, Content, Pace, content
from voxcue.engines.hibari import HibariEngine
from voxcue.text import parse
from voxcue.types import Clip, Utterance

Spoken = tuple[str, float]
"""A text and how many seconds it lasts."""

Rule = Callable[[str, str, float], float]
"""Seconds of a text, from the text and the seconds of a reference."""

SPEEDS = (0.8, 1.0, 1.3)
FLITE_VOICES = ("slt", "rms", "awb", "kal")
REFERENCE = (4.0, 10.0)
REFERENCES_EACH = 4
SHORT = 10
"""Bytes below which the rule of bytes speaks at speed 0.3."""

FITTING = """
Alice was beginning to get very tired of sitting by her sister on the bank, and of having nothing to do:
once or twice she had peeped into the book her sister was reading, but it had no pictures or conversations
in it, “and what is the use of a book,” thought Alice “without pictures or conversations?”

So she was considering in her own mind (as well as she could, for the hot day made her feel very sleepy and
stupid), whether the pleasure of making a daisy-chain would be worth the trouble of getting up and picking
the daisies, when suddenly a White Rabbit with pink eyes ran close by her.

There was nothing so very remarkable in that; nor did Alice think it so very much out of the way to hear the
Rabbit say to itself, “Oh dear! Oh dear! I shall be late!” In another moment down went Alice after it, never
once considering how in the world she was to get out again. Down, down, down. Would the fall never come to
an end? “I wonder how many miles I’ve fallen by this time?” she said aloud. “I must be getting somewhere
near the centre of the earth. Let me see: that would be four thousand miles down, I think—”

It is a truth universally acknowledged, that a single man in possession of a good fortune, must be in want
of a wife. “My dear Mr. Bennet,” said his lady to him one day, “have you heard that Netherfield Park is let
at last?” Mr. Bennet replied that he had not. “But it is,” returned she; “for Mrs. Long has just been here,
and she told me all about it.” Mr. Bennet made no answer. “Do you not want to know who has taken it?” cried
his wife impatiently. “You want to tell me, and I have no objection to hearing it.” This was invitation
enough.

“What is his name?” “Bingley.” “Is he married or single?” “Oh! Single, my dear, to be sure! A single man of
large fortune; four or five thousand a year. What a fine thing for our girls!” “How so? How can it affect
them?” “My dear Mr. Bennet, how can you be so tiresome! You must know that I am thinking of his marrying one
of them.” “Is that his design in settling here?” “Design! Nonsense, how can you talk so!”

Four score and seven years ago our fathers brought forth on this continent, a new nation, conceived in
Liberty, and dedicated to the proposition that all men are created equal. Now we are engaged in a great
civil war, testing whether that nation, or any nation so conceived and so dedicated, can long endure. We are
met on a great battle-field of that war. We have come to dedicate a portion of that field, as a final
resting place for those who here gave their lives that that nation might live. It is altogether fitting and
proper that we should do this. The world will little note, nor long remember what we say here, but it can
never forget what they did here.

Call me Ishmael. Some years ago—never mind how long precisely—having little or no money in my purse, and
nothing particular to interest me on shore, I thought I would sail about a little and see the watery part of
the world. It is a way I have of driving off the spleen, and regulating the circulation. Whenever I find
myself growing grim about the mouth; whenever it is a damp, drizzly November in my soul; whenever I find
myself involuntarily pausing before coffin warehouses, and bringing up the rear of every funeral I meet;
then, I account it high time to get to sea as soon as I can. There is nothing surprising in this. If they
but knew it, almost all men in their degree, some time or other, cherish very nearly the same feelings
towards the ocean with me.

The birch canoe slid on the smooth planks. Glue the sheet to the dark blue background. It's easy to tell the
depth of a well. These days a chicken leg is a rare dish. Rice is often served in round bowls. The juice of
lemons makes fine punch. The box was thrown beside the parked truck. The hogs were fed chopped corn and
garbage. Four hours of steady work faced us. A large size in stockings is hard to sell. The boy was there
when the sun rose. A rod is used to catch pink salmon. The source of the huge river is the clear spring.
Kick the ball straight and follow through. Help the woman get back to her feet. A pot of tea helps to pass
the evening. Smoky fires lack flame and heat. The soft cushion broke the man's fall. The salt breeze came
across from the sea. The girl at the booth sold fifty bonds.

Yes. No. Why? Stop! Thank you. Good evening. Not today. Come in! Where is it? I don't know. Perhaps. Of
course not. Wait… Really? Tomorrow morning, then. Never mind. Look out! Who told you that? It doesn't
matter. Absolutely! See you later. Sixteen. Wonderful. Left, then right. Mind the step. Ready? Ready.

The committee published its annual report on Thursday, 14 March 2019, at 9:45 a.m. Revenue rose by 12.5% to
$3.4 million; operating costs, however, fell by only £250,000. In 1876, on page 218 of the second edition,
the author gives a length of 5 ft 7 in. Call 555-0187 before 6 pm, or write to us: 42 Baker St., 3rd floor.

Install the package first, then restart the computer; otherwise the configuration will not be loaded. The
application downloads approximately two hundred megabytes of additional documentation. Simultaneous
translation requires extraordinary concentration. Photosynthesis converts carbon dioxide and water into
glucose and oxygen. Responsibility for international telecommunications was transferred to an independent
authority. He took his hat and coat and left. She had put it in the red box by the door. The dog sat on the
mat and ate the big bone. All of them had to go, so we let them go.

Bring two cups of flour to the table, add salt, sugar, butter, and one egg; stir well, and wait: the dough
has to rest for an hour. First, the north: cold, windy, with snow on the hills. Then the south—mild and
mostly dry. To be honest, I had hoped, as you know, for something better; but, all things considered, it
will do.

The lighthouse was built on the outermost rock of the bay, where two currents meet and the fog is heaviest.
For almost a century its keepers lived there with their families, growing what vegetables they could in
boxes of imported soil. When the lamp was replaced by an automatic one, the last of them moved to the
mainland and opened a small museum. Visitors may climb the tower between April and October, provided that
the wind allows the boat to land.

A glacier is not simply a block of ice; it is a slow river. Snow that falls in its upper part is compressed
by the weight of later snow until the air between the crystals has been squeezed out. The resulting ice
flows downhill, a few centimetres a day, and carries with it everything from fine dust to boulders the size
of a house. Where the temperature is high enough, the ice melts and leaves its load behind in long, curved
ridges. Such ridges tell geologists how far the ice once reached.

If the value of the option is not given, the program reads it from the configuration file in the directory
of the user. Settings in that file apply to every project unless a project overrides them. The order in
which the files are read is significant: a later entry replaces an earlier one of the same name. An unknown
entry is reported as a warning, and the rest of the file is still used. This behaviour may change in a
future version without further notice. To examine the current configuration, run the command without any
arguments.

A bicycle stays upright mainly because its rider steers, often without being aware of it, into the direction
of the fall. Experiments with machines whose wheels turn backwards have shown that gyroscopic effects
contribute little. The geometry of the front fork matters more. Even so, no single explanation covers every
design that has been ridden successfully.

The court shall consist of nine judges, who are elected for a term of six years and may be elected again. No
two of them may be nationals of the same state. A judge who has taken part in a case continues to sit until
it is completed. Decisions are taken by a majority of those present; if the votes are equal, the vote of the
president is decisive. The reasons on which a decision is based are published together with it.

Most people who learn an instrument as adults give up within a year, usually because they practise too much
on Sundays and not at all on the other days. Ten minutes every morning are worth more than two hours once a
week. Play slowly, listen, and stop before you are tired. Progress is invisible from one day to the next,
but after a few months you will hear it.

The kingdom exported wool, tin and leather, and imported wine, spices and glass. Taxes on these goods were
collected in the harbours by officials who received no salary but kept a share of what they collected. It is
hardly surprising that the figures in their books are unreliable. Historians therefore prefer the records of
the merchants themselves.

Water expands when it freezes, which is why pipes burst in winter. Light travels faster than sound. The
human ear can distinguish two clicks that are only a few thousandths of a second apart. Copper conducts heat
and electricity better than iron does. Bees communicate the direction of food by dancing. The average
temperature of the ocean varies with depth, latitude and season.
"""
"""Texts of the fit: opening pages of old novels, Harvard sentences, small talk, and prose of our own."""

HELD_OUT = """
To Sherlock Holmes she is always the woman. I have seldom heard him mention her under any other name. In his
eyes she eclipses and predominates the whole of her sex. It was not that he felt any emotion akin to love
for Irene Adler. All emotions, and that one particularly, were abhorrent to his cold, precise but admirably
balanced mind. He was, I take it, the most perfect reasoning and observing machine that the world has seen,
but as a lover he would have placed himself in a false position. He never spoke of the softer passions, save
with a gibe and a sneer.

“Wedlock suits you,” he remarked. “I think, Watson, that you have put on seven and a half pounds since I saw
you.” “Seven!” I answered. “Indeed, I should have thought a little more. Just a trifle more, I fancy,
Watson. And in practice again, I observe. You did not tell me that you intended to go into harness.” “Then,
how do you know?” “I see it, I deduce it. How do I know that you have been getting yourself very wet lately,
and that you have a most clumsy and careless servant girl?” “My dear Holmes,” said I, “this is too much.”

It was the best of times, it was the worst of times, it was the age of wisdom, it was the age of
foolishness, it was the epoch of belief, it was the epoch of incredulity, it was the season of Light, it was
the season of Darkness, it was the spring of hope, it was the winter of despair.

There were four of us—George, and William Samuel Harris, and myself, and Montmorency. We were sitting in my
room, smoking, and talking about how bad we were—bad from a medical point of view I mean, of course. We were
all feeling seedy, and we were getting quite nervous about it. With me, it was my liver that was out of
order. I knew it was my liver that was out of order, because I had just been reading a patent liver-pill
circular, in which were detailed the various symptoms by which a man could tell when his liver was out of
order. I had them all. It is a most extraordinary thing, but I never read a patent medicine advertisement
without being impelled to the conclusion that I am suffering from the particular disease therein dealt with
in its most virulent form.

Dorothy lived in the midst of the great Kansas prairies, with Uncle Henry, who was a farmer, and Aunt Em,
who was the farmer’s wife. Their house was small, for the lumber to build it had to be carried by wagon many
miles. There were four walls, a floor and a roof, which made one room; and this room contained a rusty
looking cookstove, a cupboard for the dishes, a table, three or four chairs, and the beds. “There’s a
cyclone coming, Em,” he called to his wife. “I’ll go look after the stock.” “Quick, Dorothy!” she screamed.
“Run for the cellar!”

When in the Course of human events, it becomes necessary for one people to dissolve the political bands
which have connected them with another, a decent respect to the opinions of mankind requires that they
should declare the causes which impel them to the separation. We hold these truths to be self-evident, that
all men are created equal, that they are endowed by their Creator with certain unalienable Rights, that
among these are Life, Liberty and the pursuit of Happiness. Prudence, indeed, will dictate that Governments
long established should not be changed for light and transient causes.

Hoist the load to your left shoulder. Take the winding path to reach the lake. Note closely the size of the
gas tank. Wipe the grease off his dirty face. Mend the coat before you go out. The wrist was badly strained
and hung limp. The stray cat gave birth to kittens. The young girl gave no clear response. The meal was
cooked before the bell rang. What joy there is in living. A king ruled the state in the early days. The ship
was torn apart on the sharp reef. Sickness kept him home the third week. The wide road shimmered in the hot
sun. The lazy cow lay in the cool grass. Lift the square stone over the fence. The rope will bind the seven
books at once. Hop over the fence and plunge in. The friendly gang left the drug store. Mesh wire keeps
chicks inside.

No! Oh. Help! Please. Good morning. Excuse me. Come here. What now? How much? You first. Not at all. I see.
Perhaps later. Nobody knows. Hurry up! Sit down, please. Fine, thanks. Who's there? Impossible! Seventeen.
Eventually. Twice. Once more. That's all. Hm… Well, well, well. Over there! Are you sure? Positive.

On Saturday, 3 October 2021, at 7:20 p.m., some 18,400 people came; in 1998 it had been 2,600. Tickets cost
$27.50 each, or £19 for members (about 30% less). The 2nd train leaves at 11:05 from platform 9 and arrives
48 minutes later. Take 2.5 kg of apples, 3/4 of a litre of cream, and 1 tsp of cinnamon.

Select the folder, press the green button, and wait until the progress bar has disappeared.
Misunderstandings between neighbouring municipalities complicated the negotiations considerably.
Archaeologists discovered eleven previously undocumented inscriptions. Electricity consumption in
refrigeration is determined by insulation. We sat at the back of the bus and ate some nuts. If it is up to
me, I will go to bed at ten. He said he did not do it, but he did. Her old aunt has a cat, two dogs and an
owl.

Remember: slow is smooth, and smooth is fast. Three things matter; none of them is money. The answer—at
least for now—is no. Ladies and gentlemen, friends, neighbours, children: welcome! Monday, Tuesday,
Wednesday, Thursday… I lost count. If it rains, we read; if it snows, we ski; and if neither, well, we
complain.
"""
"""Texts of other books and of other kinds; the model was shaped, not fitted, with an eye on them."""

UNSEEN = """
“There is no one in the carriage,” said the guard, “and there has been no one since Crewe.” The inspector
did not answer. He was looking at the seat by the window, where a single glove lay, palm upward, as if it
were waiting to be paid. “Curious,” he said at last. “Very curious indeed; she told us that she never wore
them.”

My grandmother kept bees. She kept them, she said, because they were the only creatures in the village that
minded their own business. Every evening after supper she walked down to the hives and told them the news:
who had died, who had married, and what the doctor had said about her knees. I asked her once whether they
listened. “Of course they don’t,” she answered, “but they never interrupt.”

The engine would not start. Twice more he tried, and twice it coughed, shuddered, and fell silent. Snow had
begun to fall; already the road behind them was white. Somebody would come. Somebody always came, didn’t
they? “We could walk,” she said. “How far?” “Nine miles. Ten, perhaps.” He laughed—not unkindly—and turned
up his collar.

Inflation slowed to two percent in September, the lowest figure for almost three years, according to the
national statistics office. Analysts had expected a smaller decline. Food prices, which account for a fifth
of the index, were unchanged, while the cost of energy dropped sharply. The central bank is to announce its
decision on Tuesday.

Before you begin, make sure that the power is off. Loosen the four screws at the back, lift the cover, and
disconnect the grey cable. Do not touch the board! Insert the new module until it clicks. If the light turns
red, remove it and try again; if it stays dark, check the fuse.

Welcome back to the programme. My guest today is a marine biologist, a mother of three, and, since last
year, the oldest woman to have swum the channel both ways. Professor, good morning! Tell me: what were you
thinking? How cold was it? And would you do it again? Honestly, no. Well… ask me in the spring.

Hello! Nonsense. Very well. After you. Good heavens! Is it? Let me think. Quite so. Eleven. Goodbye, old
friend. Marvellous! Nothing. I promise. Then what? Unfortunately. Keep quiet! Every time. Who cares? Left.
Congratulations!

A vaccine trains the immune system without causing the disease. Mathematicians distinguish between
infinities of different sizes. Magnesium burns with a brilliant white flame. Volcanic eruptions can lower
global temperatures for several years. The violin has four strings, tuned in fifths. Most of the universe is
empty.
"""
"""Prose of our own, added when model and weights were fixed."""

LANGUAGES = {
    "cmn-latn-pinyin": """
        我家门前有两棵树，一棵是枣树，还有一棵也是枣树。你好。谢谢你的帮助！请问，火车站怎么走？今天天气很
        好，我们一起去公园散步吧。学而时习之，不亦说乎？有朋自远方来，不亦乐乎？人不知而不愠，不亦君子乎？
        温故而知新，可以为师矣。三人行，必有我师焉。鲁镇的酒店的格局，是和别处不同的：都是当街一个曲尺形的
        大柜台，柜里面预备着热水，可以随时温酒。孔乙己是站着喝酒而穿长衫的唯一的人。他身材很高大；青白脸色
        ，皱纹间时常夹些伤痕；一部乱蓬蓬的花白的胡子。我从十二岁起，便在镇口的咸亨酒店里当伙计。好。不知道
        。真的吗？我与父亲不相见已二年余了，我最不能忘记的是他的背影。那年冬天，祖母死了，父亲的差使也交卸
        了，正是祸不单行的日子。我买几个橘子去，你就在此地，不要走动。近几年来，父亲和我都是东奔西走，家中
        光景是一日不如一日。曲曲折折的荷塘上面，弥望的是田田的叶子。叶子出水很高，像亭亭的舞女的裙。月光如
        流水一般，静静地泻在这一片叶子和花上。人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并
        应以兄弟关系的精神相对待。人人有权享有生命、自由和人身安全。任何人不得使为奴隶或奴役；一切形式的奴
        隶制度和奴隶买卖，均应予以禁止。明天见！快一点，我们要迟到了。没关系，慢慢来。会议将于下个月十五日
        在上海举行，预计有三百多名代表参加。苹果、香蕉、葡萄和西瓜都卖完了。请先安装软件，然后重新启动计算
        机。
    """,
    "de": """
        Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und
        Gewissen begabt und sollen einander im Geiste der Brüderlichkeit begegnen. Jeder hat das Recht auf
        Leben, Freiheit und Sicherheit der Person. Niemand darf in Sklaverei gehalten werden. Guten
        Morgen! Wo ist der Bahnhof? Gestern regnete es, heute scheint die Sonne, und morgen soll es
        schneien. Danke.
    """,
    "fr": """
        Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison
        et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité. Tout
        individu a droit à la vie, à la liberté et à la sûreté de sa personne. Nul ne sera tenu en
        esclavage. Bonjour ! Où est la gare ? Hier il pleuvait, aujourd’hui il fait beau, et demain il va
        neiger. Merci.
    """,
    "es": """
        Todos los seres humanos nacen libres e iguales en dignidad y derechos. Dotados como están de razón
        y conciencia, deben comportarse fraternalmente los unos con los otros. Todo individuo tiene
        derecho a la vida, a la libertad y a la seguridad de su persona. Nadie estará sometido a
        esclavitud. ¡Buenos días! ¿Dónde está la estación? Ayer llovió, hoy hace sol, y mañana va a nevar.
        Gracias.
    """,
    "ru": """
        Все люди рождаются свободными и равными в своём достоинстве и правах. Они наделены разумом и
        совестью и должны поступать в отношении друг друга в духе братства. Каждый человек имеет право на
        жизнь, на свободу и на личную неприкосновенность. Никто не должен содержаться в рабстве. Доброе
        утро! Где вокзал? Вчера шёл дождь, сегодня светит солнце, а завтра пойдёт снег. Спасибо.
    """,
    "el": """
        Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι
        προικισμένοι με λογική και συνείδηση, και οφείλουν να συμπεριφέρονται μεταξύ τους με πνεύμα
        αδελφοσύνης. Κάθε άτομο έχει δικαίωμα στη ζωή, την ελευθερία και την προσωπική του ασφάλεια.
        Κανείς δεν επιτρέπεται να ζει υπό καθεστώς δουλείας. Καλημέρα! Πού είναι ο σταθμός; Χθες έβρεχε,
        σήμερα έχει ήλιο, και αύριο θα χιονίσει. Ευχαριστώ.
    """,
    "hi": """
        सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें
        बुद्धि और अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।
        प्रत्येक व्यक्ति को जीवन, स्वाधीनता और वैयक्तिक सुरक्षा का अधिकार है। कोई भी गुलामी की हालत में न
        रखा जाएगा। नमस्ते! स्टेशन कहाँ है? कल बारिश हुई, आज धूप है, और परसों बर्फ गिरेगी। धन्यवाद।
    """,
    "ko": """
        모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과
        양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다. 모든 사람은 생명과 신체의 자유와
        안전에 대한 권리를 가진다. 어느 누구도 노예 상태에 놓여서는 안 된다. 안녕하세요! 역이 어디예요?
        어제는 비가 왔고, 오늘은 해가 나고, 내일은 눈이 온대요. 감사합니다.
    """,
    "ja": """
        すべてのにんげんは、うまれながらにしてじゆうであり、そんげんとけんりとについてびょうどうである。に
        んげんは、りせいとりょうしんとをさずけられており、たがいにどうほうのせいしんをもってこうどうしなけ
        ればならない。なにびとも、どれいにされることはない。おはよう！えきはどこですか？きのうはあめで、き
        ょうははれ、あしたはゆきがふるそうです。ありがとう。
    """,
    "ar": """
        يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا، وعليهم أن يعامل بعضهم
        بعضا بروح الإخاء. لكل فرد الحق في الحياة والحرية وسلامة شخصه. لا يجوز استرقاق أو استعباد أي شخص.
        صباح الخير! أين المحطة؟ أمس نزل المطر، واليوم تشرق الشمس، وغدا ينزل الثلج. شكرا.
    """,
}
"""Articles 1, 3 and 4 of the Universal Declaration of Human Rights and small talk, by voices of espeak-ng; in
Chinese also Lu Xun, Zhu Ziqing and the Analects. Japanese in kana: espeak-ng reads nothing else."""

UNSPACED = ("cmn-latn-pinyin", "ja")


def utterances(text: str) -> list[Utterance]:
    """The sentences of a text; each second joined with the next, and each third with the next two."""
    single = list(parse(text).utterances)
    joined = [single[at : at + 2] for at in range(0, len(single) - 1, 2)]
    joined += [each for at in range(0, len(single) - 2, 3) if size(each := single[at : at + 3]) < 160]
    return single + [
        Utterance(tuple(token for part in parts for token in part.tokens), 0.0)
        for parts in joined
        if size(parts) < 200
    ]


def size(parts: Sequence[Utterance]) -> int:
    """Characters of utterances."""
    return sum(len(part.spoken) for part in parts)


def reference_manual() -> str:
    """Paragraphs of plain prose in the Python reference that comes with the interpreter."""
    paragraphs = (" ".join(each.split()) for topic in topics.values() for each in re.split(r"\n\s*\n", topic))
    return "\n\n".join(each for each in paragraphs if re.fullmatch(r"[A-Z][A-Za-z ,.;:'()-]{60,400}\.", each))


def by_hibari(parts: Sequence[Utterance], speed: float) -> list[Spoken]:
    """Utterances and how long the embedded engine takes for them."""
    engine = HibariEngine()
    prompt = engine.prepare("heart")
    clips = engine.synthesize([SynthesisRequest(each, prompt, speed) for each in parts])
    return [(each.spoken, trim(clip).duration) for each, clip in zip(parts, clips, strict=True)]


def by_command(texts: Sequence[str], *command: str) -> list[Spoken]:
    """Texts and how long a program takes for them, whose arguments name a ``{path}`` and a ``{text}``."""

    def seconds(text: str) -> float:
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            filled = [each.replace("{path}", file.name).replace("{text}", text) for each in command]
            subprocess.run(filled, check=True, capture_output=True)
            samples, rate = soundfile.read(file.name, dtype="float32")
        return trim(Clip(samples, rate)).duration

    with ThreadPoolExecutor() as pool:
        return list(zip(texts, pool.map(seconds, texts), strict=True))


def bytes_rule(text: str, reference: str, seconds: float) -> float:
    """What F5-TTS tells: seconds by UTF-8 bytes, short texts at speed 0.3."""
    end = " " if reference[-1].isascii() else ""
    speed = 0.3 if len(text.encode()) < SHORT else 1.0
    return seconds / len((reference + end).encode()) * len(text.encode()) / speed


def ours(text: str, reference: str, seconds: float) -> float:
    """What `Pace` tells."""
    return Pace(reference, seconds).seconds(text)


def pairs(spoken: Sequence[Spoken]) -> Iterator[tuple[Spoken, Spoken]]:
    """Each utterance with a few references that are not it, the same ones in every run."""
    chance = random.Random(0)
    low, high = REFERENCE
    references = [each for each in spoken if low <= each[1] <= high]
    for each in spoken:
        others = [other for other in references if other[0] != each[0]]
        yield from ((each, other) for other in chance.sample(others, min(REFERENCES_EACH, len(others))))


def errors(spoken: Sequence[Spoken], rule: Rule) -> dict[str, float]:
    """Relative errors of a rule: mean, median and 90th percentile of their size, and their mean."""
    found = [rule(text, *reference) / seconds - 1 for (text, seconds), reference in pairs(spoken)]
    away = [abs(each) for each in found]
    return {
        "mean": statistics.mean(away),
        "median": statistics.median(away),
        "p90": float(np.quantile(away, 0.9)),
        "bias": statistics.mean(found),
    }


def side_by_side(voice: str, texts: str, spoken: Sequence[Spoken], **values: object) -> None:
    """Print ours beside the rule of bytes, with and without the texts that it has a special rule for."""
    long = [each for each in spoken if len(each[0].encode()) >= SHORT]
    for which, those in (("all", spoken), (f"of {SHORT} bytes and more", long)):
        mine, theirs = errors(those, ours), errors(those, bytes_rule)
        figure(
            "durations told",
            voice=voice,
            texts=texts,
            **values,
            lengths=which,
            utterances=len(those),
            **{f"ours_{key}": value for key, value in mine.items()},
            **{f"bytes_{key}": value for key, value in theirs.items()},
            ratio=mine["mean"] / theirs["mean"],
        )


def fitted(spoken: Sequence[Spoken]) -> Content:
    """Weights that make the relative errors least: least squares, reweighted towards least absolutes."""
    seconds = np.array([each[1] for each in spoken])
    counts = np.array([content(each[0]) for each in spoken]) / seconds[:, None]
    trust = np.ones(len(spoken))
    for _ in range(30):
        rows = counts * trust[:, None]
        weights = np.linalg.solve(rows.T @ rows + 1e-3 * np.eye(len(WEIGHTS)), rows.T @ trust)
        trust = 1 / np.sqrt(np.abs(counts @ weights - 1) + 0.02)
    return Content(*map(float, weights))


def linear(weights: Content) -> Rule:
    """The rule of other weights, its pace not doubted."""

    def common(text: str) -> float:
        return max(SHORTEST, float(np.dot(content(text), weights)))

    return lambda text, reference, seconds: seconds / common(reference) * common(text)


def hibari() -> None:
    """The fit, and texts that it has not seen, at several speeds."""
    weights = fitted(by_hibari(utterances(FITTING), 1.0))
    figure("weights", fitted=[round(each, 3) for each in weights], used=list(WEIGHTS))
    examples = [
        (ROOT / "examples" / f"{name}.txt").read_text("utf-8") for name in ("time-machine", "numbers")
    ]
    sets = {
        "held out": utterances("\n\n".join([HELD_OUT, *examples])),
        "unseen": utterances(UNSEEN),
        "manual": utterances(reference_manual()),
    }
    for speed in SPEEDS:
        every: list[Spoken] = []
        for name, parts in sets.items():
            spoken = by_hibari(parts, speed)
            every += spoken
            side_by_side("hibari", name, spoken, speed=speed)
            oracle = errors(spoken, linear(fitted(spoken)))
            figure("oracle", voice="hibari", texts=name, speed=speed, **oracle)
        side_by_side("hibari", "all three", every, speed=speed)


def flite() -> None:
    """Voices not used for fitting."""
    if shutil.which("flite") is None:
        figure("durations told", left_out="flite is not installed")
        return
    texts = [each.spoken for each in utterances(HELD_OUT) + utterances(UNSEEN)]
    for voice in FLITE_VOICES:
        spoken = by_command(texts, "flite", "-voice", voice, "-o", "{path}", "-t", "{text}")
        side_by_side(f"flite {voice}", "held out, unseen", spoken)


def espeak() -> None:
    """English, and languages whose syllables are counted without rules of their own."""
    if shutil.which("espeak-ng") is None:
        figure("durations told", left_out="espeak-ng is not installed")
        return
    texts = [each.spoken for each in utterances(HELD_OUT) + utterances(UNSEEN)]
    sets = {"en": texts} | {
        language: sentences(text, "" if language in UNSPACED else " ") for language, text in LANGUAGES.items()
    }
    for language, lines in sets.items():
        spoken = by_command(lines, "espeak-ng", "-v", language, "-w", "{path}", "{text}")
        side_by_side(f"espeak-ng {language}", "held out, unseen" if language == "en" else "languages", spoken)


def sentences(text: str, space: str) -> list[str]:
    """The sentences of a text whose words are parted by ``space``, and each with the next."""
    found = re.findall(r"[^.!?;。！？।؟]+[.!?;。！？।؟]", space.join(text.split()))
    return found + [before + after for before, after in pairwise(found)]


def cost() -> None:
    """Microseconds a sentence."""
    text = "The fire burnt brightly, and the soft radiance of the incandescent lights caught the bubbles."
    pace = Pace(text, 5.0)
    each = min(timeit.repeat(lambda: pace.seconds(text), number=1000, repeat=5)) * 1000
    figure("cost of a sentence", words=len(text.split()), microseconds=each)


def main() -> None:
    """Print the figures."""
    hibari()
    flite()
    espeak()
    cost()


if __name__ == "__main__":
    main()
