"""Load thousands of mutated card files and record what happens.

    python tests/fuzzing.py 100000 [SEED]      prints the outcomes as JSON

Half of the files are mutated as text: bytes are flipped, cut, repeated or spliced. Half are mutated
as JSON and get the correct hash, so that the code behind the check of the hash is reached.
"""

from __future__ import annotations

import copy
import json
import random
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import watched
from cards import EDITED, GOLDEN, HAND_MADE, MAPPED, WITH_MISSING, document, hashed

import collectrisk as cr
from collectrisk._files.card_format import file_from_card

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LARGEST = 3 * 2**20
"""In bytes; 1.5 times the size that is read."""

Bytes = bytes | bytearray
DOCUMENTS = [document(card) for card in (GOLDEN, HAND_MADE, EDITED, WITH_MISSING, MAPPED)]
TEXTS = [json.dumps(each, indent=2, ensure_ascii=False).encode() for each in DOCUMENTS]
TOKENS = [
    *(b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\ud800", b"\x00", b"\xff", b"\xef\xbb\xbf", b"\n"),
    *(
        b"NaN",
        b"-Infinity",
        b"1e999",
        b"-0",
        b"1e-400",
        b"9" * 400,
        b"true",
        b"null",
        b'"kind":',
        b"[" * 2_000,
    ),
    *(
        b"\x80\x04\x95",
        b"cos\nsystem\n(S'touch unpickled'\ntR.",
        b"__import__('os').system('touch unpickled')",
    ),
]
ODD: list[Any] = [
    *(
        None,
        True,
        False,
        -1.0,
        -0.0,
        0.5,
        5e-324,
        1e308,
        2.0**53,
        "",
        "odd",
        "\ud800",
        "\x1b[31m",
        "x" * 10_000,
    ),
    *(
        [],
        {},
        [[]],
        [1.0],
        [[1.0, 2.0]],
        [[2.0, 1.0], [1.0, 2.0]],
        [[0.0, "sms"]],
        {"": 0.0},
        {"kind": "flag"},
    ),
    *("__class__", "__init__", "os.system", "flag", "gate", "log", "field_visit", ["amount_overdue"] * 1_000),
]


def flip(rng: random.Random, content: bytearray) -> Bytes:
    for _ in range(rng.choice([1, 1, 2, 8])):
        content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return content


def cut(rng: random.Random, content: bytearray) -> Bytes:
    return content[: rng.randrange(len(content))]


def remove(rng: random.Random, content: bytearray) -> Bytes:
    start = rng.randrange(len(content))
    del content[start : start + rng.choice([1, 2, 30, 300])]
    return content


def insert(rng: random.Random, content: bytearray) -> Bytes:
    start = rng.randrange(len(content))
    content[start : start + rng.choice([0, 1, 5])] = rng.choice(TOKENS)
    return content


def double(rng: random.Random, content: bytearray) -> Bytes:
    start = rng.randrange(len(content))
    part = content[start : start + rng.choice([3, 30, 300, len(content)])]
    times = rng.choice([2, 2, 2, min(200, LARGEST // len(part))])
    return content[:start] + part * times + content[start:]


def splice(rng: random.Random, content: bytearray) -> Bytes:
    other = rng.choice(TEXTS)
    return content[: rng.randrange(len(content))] + other[rng.randrange(len(other)) :]


def new_digits(rng: random.Random, content: bytearray) -> Bytes:
    digits = [place for place, byte in enumerate(content) if byte in b"0123456789"]
    content[rng.choice(digits or [0])] = rng.choice(b"0123456789eE+-.")
    return content


TEXT_CHANGES: list[Callable[[random.Random, bytearray], Bytes]] = [
    flip,
    cut,
    remove,
    insert,
    double,
    splice,
    new_digits,
]


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every object or list in a value, with each of its keys or positions."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def nested(rng: random.Random, value: Any) -> Any:
    for _ in range(rng.choice([1, 2, 20, 150])):
        value = [value] if rng.random() < 0.5 else {"kind": value}
    return value


def change_place(rng: random.Random, data: Any) -> None:
    """Change one value: remove, replace, nest, repeat, add, or change it slightly."""
    owner, key = rng.choice(list(places(data)))
    from_owner, from_key = rng.choice(list(places(rng.choice(DOCUMENTS))))
    change = rng.randrange(6)
    if change == 0:
        del owner[key]
    elif change == 1:
        owner[key] = copy.deepcopy(from_owner[from_key])
    elif change == 2:
        owner[key] = nested(rng, owner[key])
    elif change == 3 and isinstance(owner, list):
        owner.insert(key, copy.deepcopy(rng.choice(owner)))
    elif change == 3:
        owner[rng.choice(["if_missing", "scale", "more", "", "kind"])] = rng.choice(ODD)
    elif change == 4 and isinstance(owner[key], float):
        owner[key] = rng.choice([-owner[key], owner[key] + rng.gauss(0, 1), 10.0 ** rng.uniform(-320, 308)])
    else:
        owner[key] = copy.deepcopy(rng.choice(ODD))


def mutated_text(rng: random.Random) -> bytes:
    content = bytearray(rng.choice(TEXTS))
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        content = bytearray(rng.choice(TEXT_CHANGES)(rng, content)[:LARGEST] or b"{")
    return bytes(content)


def mutated_json(rng: random.Random) -> bytes:
    file = {"scorecard": copy.deepcopy(rng.choice(DOCUMENTS)["scorecard"])}
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        if file:
            change_place(rng, file)
    contents = hashed(file.get("scorecard"))
    if rng.random() < 0.1:
        change_place(rng, contents)
    return json.dumps(contents).encode()


def loaded(path: Path) -> cr.Scorecard:
    card = cr.load(path)
    assert isinstance(card, cr.Scorecard)
    return card


def fuzz(files: int, seed: int) -> dict[str, Any]:
    """Load mutated files and summarise the outcomes."""
    rng = random.Random(seed)  # noqa: S311  # not used for secrets
    watch = watched.warmed_up()
    results: Counter[str] = Counter()
    reasons: set[str] = set()
    actions: list[str] = []
    slowest, memory = 0.0, 0
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "card.json")
        for number in range(files):
            path.write_bytes((mutated_text, mutated_json)[number % 2](rng))
            outcome = watch.load(path)
            if outcome.result == "Scorecard":
                file_from_card(loaded(path))  # raises if the card would change
            results[outcome.result] += 1
            reasons.add(outcome.text.partition("does not contain a valid card: ")[2][:12])
            actions += outcome.actions
            slowest, memory = max(slowest, outcome.seconds), memory + outcome.memory
    return {
        "results": results,
        "reasons": len(reasons),
        "actions": actions[:5],
        "slowest": slowest,
        "memory": memory,
    }


if __name__ == "__main__":
    json.dump(fuzz(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0), sys.stdout)
