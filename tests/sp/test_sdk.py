# SPDX-License-Identifier: Apache-2.0
"""An app with the library against the server: created, deployed in steps, suspended, resumed, updated, terminated; two
elements on one handset; its own access token; the app killed again and again over one deploy. [TR-03165 4.2.5]

TSM_SDK_KILLS=N raises the number of places at which the app is killed (50 covers a whole deploy, at every call)."""
import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("journey", "sem", "sdk"):
    sys.path.insert(0, os.path.join(os.path.dirname(HERE), folder))
sys.path.insert(0, HERE)

from drawing import configs, draw_up, flavor_of, load_file, profile_id, version_of  # noqa: E402
from house import ESE_KEY, House, Tap  # noqa: E402
from phone import Phone  # noqa: E402
from sptsm import Provider  # noqa: E402
from unhurried import Unhurried  # noqa: E402

DOMAIN = "F04F54534DD00001"
KILLS = int(os.environ.get("TSM_SDK_KILLS", "8"))
OPERATIONAL, IN_ERROR = 21, 25


class Shop:
    """A payment service of the bank and the phones of its customers."""

    def __init__(self, tap, house):
        self.tap, self.house, self.phones, self.kills, self.in_error = tap, house, 0, 0, 0
        node = house.node()
        self.p = Provider(node.ports["api"], house.ca(), node.grant("bank", "administrator"))
        self.service, flavor = draw_up(self.p, "wallet", profile_id(self.p, "lab-ese"))
        self.p.must("POST", flavor + "/publish")
        self.token = node.grant("bank", "app")
        self.url = f"https://127.0.0.1:{node.ports['device']}/tsm-api/1.0"

    def phone(self, *elements):
        """With these elements in it; of a UICC the phone knows the ICCID."""
        self.phones += 1
        folder = os.path.join(self.house.dir, f"phone-{self.phones}")
        os.makedirs(folder)
        words = [[f"127.0.0.1:{e.port}"] + (["--reader", "SIM1", "--iccid", e.iccid] if hasattr(e, "iccid") else [])
                 for e in elements]
        return Phone(self.url, self.house.ca(), self.token, folder, words)

    def data(self):
        """--personalize with card data for the intake key."""
        path = os.path.join(self.house.dir, "card-data")
        with open(path, "w") as f:
            f.write(self.house.seal(self.house.card()))
        return ["--personalize", f"cardData=@{path}"]

    def create(self, phone, version="1.0.0"):
        c = phone.call("create", self.service, version)
        if c.status != 0:
            raise AssertionError(str(c))
        return c.result["serviceInstance"]

    def states(self, phone):
        return [i["stateName"] for i in phone.call("list", self.service).result["serviceInstances"]]

    def pays(self, element):
        status, seen = self.house.terminal(element)
        return status == 0 and self.house.verify(seen)


def in_steps(s):
    t, ese = s.tap, s.house.add_ese()
    phone = s.phone(ese)
    c = phone.call("check-deployment", s.service, "1.x.x")
    t.ok(c.status == 0 and c.result["deploymentAvailable"] == 1 and c.result["version"] == "1.0.0",
         "checkServiceDeploymentAvailable finds the version for this element", c)
    i = s.create(phone)
    t.equal((i["stateName"], i["reader"]), ("NOT_DEPLOYED", "eSE1"), "createServiceInstance chooses the element")
    t.equal(phone.call("create", s.service, "1.0.0").status, 14, "there is one instance: ALREADY_EXISTS")
    c = phone.call("deploy", i["id"], "--install")
    t.ok(c.status == 0 and c.result["serviceInstanceStateName"] == "INSTALLED", "deployService [Install]", c)
    t.ok("start " in c.said and "progress 100 SERVICE_DEPLOYMENT_INSTALLATION" in c.said, "the listener is told", c)
    c = phone.call("deploy", i["id"], "--install")
    t.equal((c.status, c.info()["processId"]), (13, ""), "install again: NOT_ALLOWED, and there is no process")
    c = phone.call("deploy", i["id"], *s.data(), "--activate")
    t.ok(c.status == 0 and c.result["serviceInstanceStateName"] == "ACTIVATED", "deployService [Personalize, Activate]", c)
    c = phone.call("deploy", i["id"], "--finalize")
    t.ok(c.status == 0 and s.states(phone) == ["OPERATIONAL"] and s.pays(ese), "finalised without commands: it pays", c)
    c = phone.call("deploy", i["id"], "--install", "--activate")
    t.ok(c.status == 13 and c.result["serviceInstanceState"] == 21 and c.result["reader"] == i["reader"] and
         [r["commandExecutionStatus"] for r in c.result["serviceCommandResults"]] == [2, 2],
         "deployed again: 13, nothing executed, and the instance as it is", c)
    c = phone.call("suspend", i["id"])
    t.ok(c.status == 0 and s.states(phone) == ["SUSPENDED"] and not s.pays(ese), "suspended: it does not pay", c)
    c = phone.call("resume", i["id"])
    t.ok(c.status == 0 and s.states(phone) == ["OPERATIONAL"] and s.pays(ese), "resumed: it pays", c)
    update(s, phone, i["id"])
    c = phone.call("terminate", i["id"])
    t.ok(c.status == 0 and s.states(phone) == [] and DOMAIN not in ese.registry()[0], "terminated: the element is empty", c)


def update(s, phone, instance):
    t = s.tap
    c = phone.call("check-update", instance, "x.x.x")
    t.ok(c.status == 0 and c.result["updateAvailable"] == 0, "no update before there is one", c)
    flavor = flavor_of(s.p, s.service, load_file(s.p), configs(s.p), "newer")
    version_of(s.p, s.service, "1.1.0", {flavor: [profile_id(s.p, "lab-ese")]})
    c = phone.call("check-update", instance, "1.x.x")
    t.ok(c.status == 0 and c.result["newVersion"] == "1.1.0", "checkServiceUpdateAvailable finds the newer version", c)
    c = phone.call("update", instance, "1.1.0", "--install", *s.data(), "--activate", "--finalize")
    t.ok(c.status == 0 and c.result["technicalInformation"]["serviceVersionTag"] == "1.1.0", "updateService", c)


def two_elements(s):
    """The server chooses one of two; an element that is out of reach is no choice."""
    t = s.tap
    one, two = s.house.add_ese(), s.house.add_ese()
    phone = s.phone(one, two)
    i = s.create(phone)
    c = phone.call("deploy", i["id"], "--install", *s.data(), "--activate", "--finalize")
    chosen = {"eSE1": one, "eSE2": two}[i["reader"]]
    t.ok(c.status == 0 and c.result["reader"] == i["reader"] and s.pays(chosen), "two elements: the chosen one pays", c)
    other = two if chosen is one else one
    t.ok(DOMAIN not in other.registry()[0], "the other one is as it was")
    phone.call("terminate", i["id"])


def over_the_air(s):
    """A UICC is reached by short messages: the phone sees progress and a result, and exchanges nothing."""
    t, uicc = s.tap, s.house.add_uicc()
    service, flavor = draw_up(s.p, "wallet in the UICC", profile_id(s.p, "lab-uicc"))
    s.p.must("POST", flavor + "/publish")
    phone = s.phone(uicc)
    i = phone.call("create", service, "1.0.0").result["serviceInstance"]
    c = phone.call("deploy", i["id"], "--install", *s.data(), "--activate", "--finalize", "-v")
    t.ok(c.status == 0 and c.result["reader"] == "SIM1" and s.pays(uicc) and "SERAM" not in c.said,
         "a UICC by its ICCID: deployed over the air, and it pays", c)
    t.equal(phone.call("terminate", i["id"]).status, 0, "and terminated")


def own_token(s):
    t, phone = s.tap, s.phone(s.house.add_ese())
    path = os.path.join(s.house.dir, "own-token")
    with open(path, "w") as f:
        f.write(s.token)
    c = phone.call("list", s.service, "--get-token", path, token=False)
    t.equal((c.status, c.result["serviceInstances"]), (0, []), "setAccessToken: its token is taken")
    with open(path, "w") as f:
        f.write(s.token[::-1])
    c = phone.call("list", s.service, "--get-token", path, token=False)
    t.ok(c.status == 5 and s.token[::-1] not in c.said, "a token that is not good: NOT_AUTHENTICATED", c)
    t.ok("log: GET" in c.said or "log: POST getServiceInstances" in c.said, "the latest log messages are at hand then", c)


def not_started(s):
    t, ese = s.tap, s.house.add_ese()
    before = Unhurried(ese.port)  # so that there is time to cancel
    phone = s.phone(before)
    i = s.create(phone)
    c = phone.call("deploy", i["id"], "--install", "--refuse-start")
    t.ok(c.status == 6 and s.states(phone) == ["NOT_DEPLOYED"], "onProcessStart was not taken: 6, nothing was executed", c)
    c = phone.call("deploy", i["id"], "--install", *s.data(), "--activate", "--finalize", "--cancel-at", 5)
    t.ok(c.status == 6 and c.info()["executionMessage"] == "Execution interrupted: manually cancelled" and
         s.states(phone) == ["IN_ERROR"], "a future that is cancelled while its process runs: 6, and the state says that "
         "something is there", c)
    t.equal(phone.call("terminate", i["id"]).status, 0, "what was begun is terminated")
    before.close()


def kept_in_a_file(s):
    """A card within the handset's process, kept between two calls."""
    t = s.tap
    ese = s.house.add_ese(up=False)
    phone = s.phone()
    phone.words += ["--se", "card", "--state", os.path.join(s.house.dir, "kept-card"), "--key", ESE_KEY, "--seid", ese.seid]
    i = s.create(phone)
    c = phone.call("deploy", i["id"], "--install", *s.data())
    c2 = phone.call("deploy", i["id"], "--activate", "--finalize")
    t.ok((c.status, c2.status) == (0, 0) and s.states(phone) == ["OPERATIONAL"], "--se card --state FILE: deployed in two calls",
         f"{c}\n{c2}")
    t.equal(phone.call("terminate", i["id"]).status, 0, "and terminated in a third")


def killed(s, at):
    """A deploy whose app is killed at its at-th message about the network, and once more when it goes on;
    '' or what is wrong, None when it was over before."""
    ese = s.house.add_ese()
    phone = s.phone(ese)
    i = s.create(phone)
    words = ["deploy", i["id"], "--install", *s.data(), "--activate", "--finalize"]
    c = phone.call(*words, "--kill-at", at)
    if c.status != -signal.SIGKILL:
        return None
    s.kills += 1
    c = phone.call("continue", "--kill-at", 2 + at % 5)
    if c.status == -signal.SIGKILL:
        s.kills += 1
        c = phone.call("continue")
    if c.status == 17:
        c = phone.call(*words)
    state = phone.call("list", s.service).result["serviceInstances"][0]["state"]
    good = (c.status == 0 and state == OPERATIONAL and s.pays(ese)) or (c.status != 0 and state == IN_ERROR)
    s.in_error += state == IN_ERROR
    gone = phone.call("terminate", i["id"])
    clean = gone.status == 0 and DOMAIN not in ese.registry()[0]
    ese.process.end()
    return "" if good and clean else f"killed at {at}: state {state}, clean {clean}\n{c}\n{gone}"


def kill_sweep(s):
    """Places spread over a deploy, which has some 50 messages about the network."""
    step = max(1, 50 // KILLS)
    bad, at, n = [], 1, 0
    while n < KILLS and (wrong := killed(s, at)) is not None:
        bad += [wrong] if wrong else []
        at, n = at + step, n + 1
    s.tap.ok(not bad and n > min(KILLS, 20) // 2, f"the app was killed at {n} places of a deploy, {s.kills} times: each "
             f"ended OPERATIONAL or IN_ERROR ({s.in_error}), and no element was lost", "\n".join(bad))


def killed_in_a_row(s):
    ese = s.house.add_ese()
    phone = s.phone(ese)
    i = s.create(phone)
    c = phone.call("deploy", i["id"], "--install", *s.data(), "--activate", "--finalize", "--kill-at", 9)
    kills = 0
    while c.status == -signal.SIGKILL and kills < 30:
        kills += 1
        c = phone.call("continue", "--kill-at", 12 + 4 * kills)
    state = s.states(phone)
    s.tap.ok((c.status == 0 and state == ["OPERATIONAL"]) or state == ["IN_ERROR"],
             f"the app was killed {kills} times in a row over one deploy: {state}", c)
    s.tap.equal(phone.call("terminate", i["id"]).status, 0, "and the instance is terminated")


def main():
    tap = Tap()
    house = House().start(cards=False)
    try:
        s = Shop(tap, house)
        for part in (in_steps, two_elements, over_the_air, own_token, not_started, kept_in_a_file, kill_sweep, killed_in_a_row):
            tap.run(f"{part.__name__.replace('_', ' ')}: told to the end", part, s)
    finally:
        house.stop()
    tap.done()


main()
