"""A region that has warned each other, for tests to look at from all sides: a hub and four councils on
their own published payments, flags on suppliers that are shared in different ways, and then every
daemon killed, so that nothing was tidied up."""

import independent
import region_files
import wire
from parties import Needles, Party
from spending import load, meet, publish
from stores import Folder
from test_companies import company, snapshot

NUMBER = "09999991"  # of the one supplier for which a register gives a number
OBSERVED = ("--event", "F22", "--source", "council_observation", "--may-identify")
PUBLIC = ("--event", "F13", "--source", "public_register")
SECRET_TEXT = "seen by nobody else"
HOLDERS = ("spg", "leeds")
# What is raised: by whom, who pays the supplier, and how.
RAISED = {
    "others": (("bradford",), {"bradford", "calderdale"}, OBSERVED),
    "number": (("calderdale",), {"calderdale", "sheffield"}, PUBLIC),
    "holder": (("leeds",), {"leeds", "bradford"}, OBSERVED),
    "drill": (("sheffield",), {"sheffield", "leeds"}, (*PUBLIC, "--exercise")),
    "two": (("bradford", "sheffield"), {*region_files.COUNCILS}, OBSERVED),
    "three": (("leeds", "bradford", "calderdale"), {*region_files.COUNCILS}, OBSERVED),
}
YEAR = 2015


def chosen(count):
    """What each of RAISED is about: (folded name, a spelling), the first that is paid by just these."""
    picture, found, taken = count.picture(YEAR), {}, set()
    for what, (_, councils, _) in RAISED.items():
        for supplier in sorted(set(picture) - taken):
            spellings = [count.councils[name].names[supplier] for name in picture[supplier]]
            if set(picture[supplier]) == councils and all(len(one) == 1 for one in spellings):
                found[what] = supplier, next(iter(spellings[0]))
                taken.add(supplier)
                break
    assert set(found) == set(RAISED)
    return found


class Scene:
    def __init__(self, group, files, tap):
        """`tap`: what the councils dial."""
        self.group, self.tap = group, tap
        self.count = independent.Region(files)
        self.about = chosen(self.count)
        self.numbered = f"GB-COH-{NUMBER}"

    @property
    def councils(self):
        return {name: self.group.members[name] for name in self.count.councils}

    # ---- how it came about ----

    def play(self, files, folder):
        for member in self.councils.values():
            self.tap.lead(member)
            member.set(second_person=False)
        self.group.start()
        self._fill(files, snapshot(folder / "companies.csv", company(self.about["number"][1], NUMBER)))
        self._wait_tokens()
        self._raise_flags()
        self._wait_alerts()
        if self.group.distress == "hub":
            self._dispute("calderdale", "others")
        for member in self.group.members.values():
            member.kill()
        self.wire = self.tap.bytes()
        # As everybody would agree on, and as nobody but all holders together can know.
        self.secret = wire.RosterFile(self.group.roster).group
        keys = [self.folder(name).secrets["token"] for name in HOLDERS]
        self.needles = Needles(self.secret, keys, sorted(self.everything))
        return self

    def _fill(self, files, register):
        for name, member in self.councils.items():
            load(member, files[name], expect=None)
            if name in RAISED["number"][1]:
                assert member.json("import", "companies", register)["filled"] == 1
            publish(member)
        meet(self.group)

    def _wait_tokens(self):
        for name, member in self.councils.items():
            wanted = len(self.own(name))
            member.wait(lambda: member.json("supplier", "tokens")["ready"] == wanted, 300,
                        f"{wanted} tokens")

    def _raise_flags(self):
        for what, (reporters, _, words) in RAISED.items():
            for reporter in reporters:
                said = self.group.members[reporter].json("flag", "raise", self.about[what][1], *words,
                                                         "--text", SECRET_TEXT)
                assert said["state"] == "sent", said

    def _wait_alerts(self):
        """Until all have what goes to them: alerts of the hub, or flags of the others."""
        hub, to_group = self.group.hub, self.group.distress == "group"
        if not to_group:
            hub.wait(lambda: any(one["name"] for one in shown(hub)), 180, "a name from three")
        ends = {name: member.next_sequence(name, "distress") for name, member in self.councils.items()}
        for name, member in self.councils.items():
            wanted = sum(len(set(reporters) - {name}) if to_group else 1
                         for reporters, having, _ in RAISED.values() if name in having)
            member.wait(lambda: len(shown(member)) == wanted, 60, f"{wanted} alerts")
            if not to_group:
                member.wait_sequence("spg", hub.next_sequence("spg", "alert"), 180, "alert")
        for member in self.group.members.values() if to_group else ():
            for name, end in ends.items():
                member.wait_sequence(name, end, 180, "distress")

    def _dispute(self, name, what):
        """By a council that did not report."""
        member, reporter = self.group.members[name], self.group.members[RAISED[what][0][0]]
        [alert] = [one["alert"] for one in shown(member)
                   if f"name:{independent.fold(one['name'])}" == self.about[what][0]]
        member.run("flag", "dispute", alert, "--text", SECRET_TEXT)
        for one in (member, reporter):
            one.wait(lambda: "disputed" in [other["status"] for other in shown(one)], 180, "the dispute")

    # ---- what is so ----

    def own(self, name):
        """The subjects of a council: folded names, and a number where there is one."""
        found = set(self.count.councils[name].names)
        return found | ({self.numbered} if name in RAISED["number"][1] else set())

    @property
    def everything(self):
        return set().union(*map(self.own, self.count.councils))

    def subjects(self, whats):
        """The subjects of flags: of the one with a number both."""
        found = {self.about[what][0] for what in whats}
        return found | ({self.numbered} if "number" in whats else set())

    def subjects_at(self, *names):
        """Of the flags that are about suppliers of one of these."""
        return self.subjects([what for what, (_, having, _) in RAISED.items() if having & {*names}])

    def of_token(self, token):
        return self.needles.tokens[token]

    # ---- who looks ----

    def folder(self, name, with_key=True):
        return Folder(self.group.members[name].folder, with_key)

    def party(self, *names, with_key=True):
        return Party(self.secret, *(self.folder(name, with_key) for name in names))

    def attacked_by(self, party):
        return party.attack(sorted(self.everything), self.needles.tokens)

    def held_by(self, party):
        """{(subject, what)} of everything secret that lies open to a party."""
        places = [data for folder in party.folders for data in folder.files().values()]
        return set().union(*map(self.needles.scan, (*places, party.plain())))


def shown(member):
    return member.json("region", "alerts")["alerts"]
