"""`python tests/oracle`: runs cases, one operation, or one case alone.

    python tests/oracle --cases 3000 --seed 1      a run, with the table
    python tests/oracle --only sel --cases 500     chains that end in one operation
    python tests/oracle --seed 1 --replay 1234     one case of a run, in full
    python tests/oracle --case FILE                a shrunk case
    python tests/oracle files --help               files, read and written
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import time
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parents[1])

from oracle.campaign import campaign  # noqa: E402
from oracle.case import generate, judge, replay, run  # noqa: E402
from oracle.wire import decode  # noqa: E402
from oracle.worker import Worker  # noqa: E402


def main() -> int:
    if sys.argv[1:2] == ["files"]:
        from oracle.files.__main__ import main as files

        return files(sys.argv[2:])
    parser = argparse.ArgumentParser(prog="tests/oracle", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--cases", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="the name of an operation that each chain shall have")
    parser.add_argument("--replay", type=int, help="the number of one case of the seed")
    parser.add_argument("--case", type=Path, help="a file with one case")
    parser.add_argument("--failures", type=int, default=25, help="stop a process after so many")
    parser.add_argument("--brief", action="store_true", help="one line per kind of failure")
    given = parser.parse_args()
    if given.replay is not None or given.case:
        if given.case:
            case = json.loads(given.case.read_text())
            steps = replay(case)
        else:
            case, steps = generate(given.seed, given.replay, given.only)
        return show(case, steps)
    start = time.monotonic()
    table, failures = campaign(given.cases, given.seed, only=given.only, stop_after=given.failures)
    print(table.text())
    for kind, alike in kinds(failures).items():
        numbers = " ".join(str(failure.number) for failure in alike[:12])
        print(f"\n{len(alike)} x {kind}  (cases {numbers}): {alike[0].text if not given.brief else alike[0].message}")
    print(f"\n{len(failures)} failures, {time.monotonic() - start:.0f} s")
    return 1 if failures else 0


def kinds(failures: list) -> dict[str, list]:
    """Failures that read alike but for their numbers and names: most likely one fault."""
    found: dict[str, list] = {}
    for failure in failures:
        kind = re.sub(r"\[.*|\(.*|'.*?'|\".*?\"|-?[\d.]+(e-?\d+)?", "_", failure.message)[:110]
        found.setdefault(kind, []).append(failure)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def show(case: dict, steps: list) -> int:
    """One case in full: the arrays, and what both sides say after each operation."""
    worker = Worker()
    outcome = run(case, steps, worker)
    answer = worker.ask(case)
    worker.close()
    for at, spec in enumerate(case["arrays"]):
        print(f"--- array {at}\n{decode(spec)!r}")
    eager, *lazy = answer.get("variants", [[]])
    for at, step in enumerate(steps):
        print(f"--- {step.op}")
        print("xarray:", repr(step.error or step.result))
        ours = eager[at] if at < len(eager) else {"error": "no answer"}
        print("ours:  ", repr(decode(ours)) if "data" in ours else ours)
        print("verdict:", judge(ours, step) or "same")
    for chunks, steps_of in zip(case["variants"][1:], lazy):
        last = steps_of[-1]
        print(f"--- chunks {chunks}:", repr(decode(last)) if "data" in last else last)
    print("FAILED:" if outcome.failure else "passed", outcome.failure or "")
    return 1 if outcome.failure else 0


if __name__ == "__main__":
    sys.exit(main())
