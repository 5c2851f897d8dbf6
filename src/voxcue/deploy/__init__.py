"""A deployment on RunPod made, looked at and diagnosed from one file, ``voxcue.toml``.

`load` reads the file, `read` asks RunPod what is there, `plan` says what lacks or differs, `carry_out` does
it, and `diagnose` explains a deployment that is sick. Nothing here deletes anything, and nothing here knows
how a worker answers its jobs.
"""

from voxcue.deploy.api import Api
from voxcue.deploy.config import Config, load
from voxcue.deploy.doctor import Finding, diagnose
from voxcue.deploy.making import Outcome, carry_out
from voxcue.deploy.planning import Call, Step, masked, plan
from voxcue.deploy.remote import Remote, read

__all__ = [
    "Api",
    "Call",
    "Config",
    "Finding",
    "Outcome",
    "Remote",
    "Step",
    "carry_out",
    "diagnose",
    "load",
    "masked",
    "plan",
    "read",
]
