"""docs/who-learns-what.md, tried: after flags were raised in a region, every party, with all that lies in
its folder, its keys, everybody's published spend and the list of all suppliers in hand, tries to say
whom they are about. The same attack with the keys of all holders finds every one."""

import contextlib

import pytest

import independent
import narrowing
import region_files
from harness import DATA
from scene import NUMBER, RAISED, SECRET_TEXT, YEAR, Scene
from tap import Tap

PAGE = DATA.parent.parent / "docs" / "who-learns-what.md"


def played(shared_groups, folder, files, distress):
    group = shared_groups(councils={name: region_files.OPTIONS[name] for name in files},
                          distress=distress)
    with contextlib.closing(Tap(group.hub)) as tap:
        return Scene(group, files, tap).play(files, folder)


@pytest.fixture(scope="module")
def hub_setting(shared_groups, tmp_path_factory):
    files = region_files.whole() or region_files.excerpts()
    return played(shared_groups, tmp_path_factory.mktemp("hub"), files, "hub")


@pytest.fixture(scope="module")
def group_setting(shared_groups, tmp_path_factory):
    return played(shared_groups, tmp_path_factory.mktemp("group"), region_files.excerpts(), "group")


@pytest.fixture(params=["hub", "group"])
def scene(request):
    return request.getfixturevalue(f"{request.param}_setting")


# ---- the attack works ----


def test_all_holders_together_find_every_one(scene):
    party = scene.party("spg", "leeds")
    found = scene.attacked_by(party)
    assert set(found.confirmed.values()) == scene.subjects(RAISED)
    assert found.computed == scene.needles.tokens, "any token at all"
    for token, target in party.targets.items():
        assert all(one == scene.needles.commitments[token] for one in target.shares)


def test_what_councils_made_is_what_the_document_says(scene):
    """The outputs in every local.db are those of section 18, computed without the product."""
    for name in scene.councils:
        made = dict(scene.folder(name).local("SELECT key, outputs FROM subject"))
        assert made == {subject: scene.needles.outputs[subject] for subject in scene.own(name)}


# ---- the hub, which is a holder ----


@pytest.mark.parametrize("with_key", [True, False], ids=["itself", "thief_of_its_disk"])
def test_the_hub_names_none_but_the_one_of_three_flags(hub_setting, with_key):
    scene = hub_setting
    party = scene.party("spg", with_key=with_key)
    assert set(map(scene.of_token, party.targets)) == scene.subjects(RAISED), "it has all flags"
    found = scene.attacked_by(party)
    assert found.computed == found.confirmed == {}, "no token, though it is a holder"
    assert {scene.of_token(token) for token in found.named} == scene.subjects(["three"])
    assert {f"name:{independent.fold(name)}" for name in found.named.values()} == \
        scene.subjects(["three"]), "as one of the three writes it"
    stored = [token for (token,) in party.folders[0].group("SELECT token FROM hub_name")]
    assert stored == list(found.named)
    assert {what for what, _ in found.opened} == {"token", "body", "name"}, "and no detail"
    disputes = {one.publisher for one in party.records.values() if "dispute" in one.body}
    assert disputes == {"calderdale"}, "it sees who disputes"
    assert scene.held_by(party) == {(subject, what) for subject in scene.subjects(RAISED)
                                    for what in ("token", "alert key")}


@pytest.mark.parametrize("with_key", [True, False], ids=["itself", "thief_of_its_disk"])
def test_without_a_trusted_hub_it_opens_nothing(group_setting, with_key):
    scene = group_setting
    party = scene.party("spg", with_key=with_key)
    assert set(map(scene.of_token, party.targets)) == scene.subjects(RAISED)
    found = scene.attacked_by(party)
    assert found.computed == found.confirmed == found.named == {} and found.opened == set()
    assert scene.held_by(party) == {(subject, "token") for subject in scene.subjects(RAISED)}


def test_the_hub_and_a_council_know_what_that_council_has(hub_setting):
    scene = hub_setting
    found = scene.attacked_by(scene.party("spg", "calderdale"))
    assert set(found.computed.values()) == scene.own("calderdale")
    assert set(found.confirmed.values()) == scene.subjects_at("calderdale")


# ---- councils: reporters, peers with the supplier and without, a holder ----


@pytest.mark.parametrize("with_key", [True, False], ids=["itself", "thief_of_its_disk"])
@pytest.mark.parametrize("name", region_files.COUNCILS)
def test_a_council_knows_of_its_own_suppliers_alone(scene, name, with_key):
    """A thief of its disk knows as much: it needs no member.key for it."""
    party = scene.party(name, with_key=with_key)
    met = set(map(scene.of_token, party.targets))
    assert met == scene.subjects(RAISED), "every alert goes by"
    found, own = scene.attacked_by(party), scene.own(name)
    assert set(found.computed.values()) == own
    assert set(found.confirmed.values()) == scene.subjects_at(name) and found.named == {}
    assert {scene.of_token(token) for _, token in found.opened} == scene.subjects_at(name)
    assert {one for one in scene.held_by(party) if one[0] not in own} == {
        (subject, "token") for subject in met - own}


def test_two_councils_know_what_they_have(scene):
    """Neither of the two holds the key of a holder."""
    found = scene.attacked_by(scene.party("bradford", "sheffield"))
    assert set(found.computed.values()) == scene.own("bradford") | scene.own("sheffield")
    assert set(found.confirmed.values()) == scene.subjects_at("bradford", "sheffield")


# ---- who is no member ----


def test_the_wire_says_nothing(scene):
    assert len(scene.wire) > 100_000 and b"CURVE" in scene.wire
    assert scene.needles.scan(scene.wire) == set()
    low = scene.wire.lower()
    spellings = {name.lower().encode() for council in scene.count.councils.values()
                 for names in council.names.values() for name in names}
    assert [name for name in spellings if len(name) > 5 and name in low] == []
    for word in (NUMBER, SECRET_TEXT, "bradford", "distress", "exposure", "token.ask"):
        assert word.encode() not in low
    for _, _, _, batch, _ in scene.folder("spg").batches():
        assert batch[-64:] not in scene.wire, "not even what is sealed already"


def test_every_ask_is_blinded_afresh(scene):
    """No element twice, over all councils: the same supplier never looks the same."""
    seen = [element for one in scene.party("spg").records.values() if "token_ask" in one.body
            for element in one.body["token_ask"]["elements"]]
    assert len(seen) == len(set(seen)) == sum(len(scene.own(name)) for name in scene.councils)


# ---- what the figures are ----


def test_the_page_quotes_these_figures(capsys):
    files = region_files.whole()
    lines = narrowing.table(independent.Region(files or region_files.excerpts()), YEAR)
    with capsys.disabled():
        print("", *lines, sep="\n")
    if files is None:
        pytest.skip("the whole files are not here: these are the excerpts' figures, not the page's")
    assert "\n".join(lines) in PAGE.read_text(encoding="utf-8")
