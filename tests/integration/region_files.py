"""Where the real files are: whole ones beside the checkout if they are there, excerpts in the tree."""

import pathlib

from harness import DATA

COUNCILS = ("leeds", "bradford", "calderdale", "sheffield")
WHOLE = pathlib.Path(__file__).resolve().parents[3] / "shared" / "data"
OPTIONS = {
    "leeds": ("--name", "Leeds City Council", "--gss", "E08000035"),
    "bradford": ("--name", "City of Bradford Metropolitan District Council", "--gss", "E08000032"),
    "calderdale": ("--name", "Calderdale Metropolitan Borough Council", "--gss", "E08000033"),
    "sheffield": ("--name", "Sheffield City Council", "--gss", "E08000019"),
    "wakefield": ("--name", "Wakefield Metropolitan District Council", "--gss", "E08000036"),
}


def spend(folder):
    return {name: folder / "region" / f"{name}-spend-2015q4.csv" for name in COUNCILS}


def excerpts():
    return spend(DATA)


def whole():
    """council -> file, or None where the checkout stands alone."""
    files = spend(WHOLE)
    return files if all(path.is_file() for path in files.values()) else None


def messy(folder=DATA):
    return {"calderdale": folder / "messy" / "calderdale_2018-05.csv",
            "wakefield": folder / "messy" / "wakefield_2018-Q3.csv"}
