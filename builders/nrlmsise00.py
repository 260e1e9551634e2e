"""Make `library/tables/nrlmsise00.npz`: the coefficients of NRLMSISE-00 from its Fortran source.

    python builders/nrlmsise00.py msise00_data.f src/yaan/library/tables/nrlmsise00.npz

The input is the block of DATA statements of the model's own Fortran (Naval Research Laboratory,
"MSISE-00 01-FEB-02", in the public domain) with the names PT1 to PAA2, PTM, PDM and PAVGM, in fixed
form. Any carrier of that block will do; `SOURCE.md` beside the table says which one was read, and
the digest that this script prints.

Names are kept, so that the table can be held against the source: `pt` [150], `pd` [9, 150], `ps`
[150], `pdl` [2, 25], `ptl` [4, 100], `pma` [10, 100], `sam` [100], `ptm` [10], `pdm` [8, 10] and
`pavgm` [10]. The first index is the last one of the Fortran, whose arrays are stored by columns.
"""

import hashlib
import re
import sys
from pathlib import Path

import numpy as np

SHAPES = {
    "pt": (150,),
    "pd": (9, 150),
    "ps": (150,),
    "pdl": (2, 25),
    "ptl": (4, 100),
    "pma": (10, 100),
    "sam": (100,),
}
"""What the common block PARM7 holds, in its order."""


def statements(text: str) -> dict[str, list[float]]:
    """Each DATA statement's numbers, by the name of its array, in the order of the file."""
    lines = [line for line in text.splitlines() if line[:1] not in ("C", "c", "*", "!")]
    # Column six marks a continuation; joined, a statement ends at its second slash.
    joined = "".join(line[6:] if line[5:6].strip() else "\n" + line for line in lines)
    found: dict[str, list[float]] = {}
    for name, body in re.findall(r"DATA\s+(P[A-Z]+\d?)\s*/([^/]*)/", joined):
        numbers = [word.strip().replace("D", "E") for word in body.split(",")]
        found[name] = [float(number) for number in numbers]
    return found


def read(text: str) -> dict[str, np.ndarray]:
    """The tables of the model.

    Raises:
        ValueError: the block does not hold as many numbers as it must.
    """
    found = statements(text)
    tables = {
        "ptm": np.array(found.pop("PTM")),
        "pdm": np.array(found.pop("PDM")).reshape(8, 10),
        "pavgm": np.array(found.pop("PAVGM")),
    }
    block = np.concatenate([np.array(numbers) for numbers in found.values()])
    sizes = [int(np.prod(shape)) for shape in SHAPES.values()]
    if block.size != sum(sizes):
        raise ValueError(f"{block.size} numbers in PARM7: expected {sum(sizes)}")
    parts = np.split(block, np.cumsum(sizes)[:-1])
    for (name, shape), part in zip(SHAPES.items(), parts, strict=True):
        tables[name] = part.reshape(shape)
    return tables


def main() -> None:
    """Read, print the digest, write."""
    source, target = (Path(name) for name in sys.argv[1:3])
    content = source.read_bytes()
    tables = read(content.decode("latin-1"))
    np.savez_compressed(target, **tables)
    print(f"{source.name}: sha256 {hashlib.sha256(content).hexdigest()}")
    print(", ".join(f"{name} {list(table.shape)}" for name, table in tables.items()))


if __name__ == "__main__":
    main()
