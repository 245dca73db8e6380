"""The independent count against figures that were found by hand once, so that what the other tests hold
Tocsin to does not drift with it."""

import pytest

import independent
import region_files
from harness import DATA


def shared(region, year):
    """How many suppliers at least 1, 2, ... councils paid."""
    counts = [len(paid) for paid in region.picture(year).values()]
    return [sum(count >= least for count in counts) for least in range(1, len(region.councils) + 1)]


@pytest.mark.parametrize("name, folded", [
    ("Smith & Co. Limited", "smith and co ltd"), ("POSTURITE (UK) LTD", "posturite uk ltd"),
    ("Sainsbury\u2019s Supermarkets P.L.C.", "sainsburys supermarkets plc"),
    ("Gŵyl Cwmni Buddiant Cymunedol", "gwyl cic"), ("N POWER", "n power"), ("NPOWER", "npower"),
    ("\ufeff ", ""), ("Limited", "ltd"), ("Straße × Øre", "strasse ore"),
])
def test_folding(name, folded):
    assert independent.fold(name) == folded


def test_folding_as_the_vectors_have_it():
    lines = (DATA.parent / "vectors" / "names-1.tsv").read_text(encoding="utf-8").splitlines()
    vectors = [line.split("\t") for line in lines if line and not line.startswith("#")]
    assert len(vectors) > 200
    assert [(name, folded) for name, folded in vectors if independent.fold(name) != folded] == []


def test_four_councils():
    excerpts = independent.Region(region_files.excerpts())
    assert shared(excerpts, 2015) == [247, 127, 55, 15]
    assert sum(sum(paid.values()) for paid in excerpts.picture(2015).values()) == 9_883_649_276
    whole = region_files.whole()
    if whole is None:
        pytest.skip("the whole files are not here; the excerpts were counted")
    assert shared(independent.Region(whole), 2015) == [4396, 439, 78, 15]


def test_numbers_meet_in_spite_of_lost_zeros_and_changes_of_name():
    region = independent.Region(region_files.messy())
    both = {supplier for supplier, paid in region.picture(2018).items() if len(paid) == 2}
    assert len(both) == 21
    assert {"GB-COH-00303359", "GB-COH-01738371", "GB-COH-OC328794"} <= both
