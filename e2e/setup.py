"""What `threatdefence setup export` writes: read by real parsers, and run with the real Azure CLI.

The script for the Azure CLI has to leave the directory and Azure as `setup apply` leaves them. Each gets a fresh
simulated customer; what they made is then read with the Azure CLI and compared, without ids and dates.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import run

CLIENT = "2d1bcc36-e3c7-46af-85cc-f97a4e17d4c8"
SECRET = "fresh-not-a-real-secret"
OTHER = "11111111-2222-3333-4444-555555555555"
HOSTILE = "It's \"x\" $(id) `id` \\ ${d} %{e} \u2019 #"

# The flags of every kind of export, by a name for each.
KINDS = {
    "certificate": ["--subscription", OTHER],
    "secret": ["--subscription", OTHER, "--proof", "secret"],
    "federated": ["--subscription", OTHER, "--github", "octo/scan"],
    "none": ["--subscription", OTHER, "--proof", "none"],
    "several": ["--subscription", f"{OTHER},{run.CUSTOMER}", "--with", "all"],
    "group": ["--management-group", "contoso-root", "--multi-tenant"],
    "directory": ["--directory-only"],
    "without-role": ["--subscription", OTHER, "--without-role", "--tenant-id", run.CUSTOMER],
    "provider": ["--subscription", OTHER, "--application-id", OTHER, "--proof", "none"],
    "hostile": ["--subscription", OTHER, "--name", HOSTILE, "--issuer", f"https://{HOSTILE}", "--subject", HOSTILE],
    "government": ["--subscription", OTHER, "--cloud", "AzureUSGovernment"],
}


def export(file: Path, form: str, *arguments: str) -> None:
    command = [run.program(), "setup", "export", "--format", form, "--output", file, *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"FAILED setup export --format {form} {arguments}:\n{done.stderr}")


TREES = """
import sys, importlib
from tree_sitter import Language, Parser

language, *files = sys.argv[1:]
parser = Parser(Language(importlib.import_module(f"tree_sitter_{language}").language()))
wrong = []

def look(node, file, text):
    if node.is_error or node.is_missing:
        # The grammar is older than this keyword of Bicep's.
        if text[node.start_byte:node.end_byte].strip() != b"extension microsoftGraphV1":
            wrong.append(f"{file}:{node.start_point.row + 1}: {text[node.start_byte:node.end_byte][:60]!r}")
        return
    for child in node.children:
        look(child, file, text)

for file in files:
    with open(file, "rb") as opened:
        text = opened.read()
    look(parser.parse(text).root_node, file, text)
sys.exit("\\n".join(wrong) or 0)
"""


def parsers(folder: Path) -> None:
    """Every form of every kind, read by a parser that others wrote."""
    endings = {"az-cli": "sh", "powershell": "ps1", "bicep": "bicep", "terraform": "tf", "role-json": "json", "portal": "md"}
    for form, ending in endings.items():
        for kind, arguments in KINDS.items():
            if form != "role-json" or kind not in ("directory", "without-role"):
                export(folder / f"{kind}.{ending}", form, *arguments)

    def read(what: str, *command: object) -> None:
        done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
        run.check(what, done.returncode == 0, done.stdout + done.stderr)

    def files(ending: str) -> list[Path]:
        return sorted(folder.glob(f"*.{ending}"))

    python = run.scripts_folder() / "python"
    # A name with a dollar or a typographic quote is meant so: SC2016, SC1112.
    shellcheck = [run.scripts_folder() / "shellcheck", "--exclude", "SC2016,SC1112"]
    read("az-cli scripts pass shellcheck", *shellcheck, *files("sh"))
    read("powershell scripts are PowerShell", python, "-c", TREES, "powershell", *files("ps1"))
    read("bicep templates are Bicep", python, "-c", TREES, "bicep", *files("bicep"))
    for file in files("json"):
        properties = json.loads(file.read_text())["properties"]
        run.check(f"role-json for {file.stem}", properties["roleName"] == "ThreatDefenceRole", properties)
    terraform = shutil.which("terraform")
    if terraform is None:
        print("left out: terraform is not on the PATH")
        return
    for file in files("tf"):
        read(f"terraform fmt -check {file.name}", terraform, "fmt", "-check", file)


def login(azure, endpoint: str) -> None:
    run.use_simulator(azure, endpoint)
    azure("login", "--service-principal", "-u", CLIENT, "-p", SECRET, "--tenant", run.CUSTOMER)


def made(azure, endpoint: str, scopes: list[str]) -> dict:
    """What there is of the scanner, without what differs every time."""

    def rest(path: str) -> dict:
        return azure("rest", "--url", endpoint + path, "--resource", f"{endpoint}/")

    application = azure("ad", "app", "list", "--filter", "displayName eq 'ThreatDefence'")
    run.check("there is one application", len(application) == 1, application)
    application = application[0]
    principal = azure("ad", "sp", "show", "--id", application["appId"])
    consents = rest(f"/v1.0/servicePrincipals/{principal['id']}/appRoleAssignments")["value"]
    access = application["requiredResourceAccess"]
    roles, definition = [], None
    for scope in scopes:
        found = azure("role", "definition", "list", "--scope", scope)
        names = {one["id"].split("/")[-1]: one["roleName"] for one in found}
        definition = definition or next((one for one in found if one["roleName"] == "ThreatDefenceRole"), None)
        url = f"{scope}/providers/Microsoft.Authorization/roleAssignments?api-version=2022-04-01&$filter=atScope()"
        for one in rest(url)["value"]:
            of = one["properties"]
            if of["principalId"] == principal["id"]:
                name = names[of["roleDefinitionId"].split("/")[-1]]
                roles.append([name, of["scope"].lower(), of["principalType"]])
    if definition:
        definition = {name: definition[name] for name in ("roleName", "description", "assignableScopes", "permissions")}
        definition["permissions"] = [
            {name: sorted(values) for name, values in one.items() if values and name != "condition"}
            for one in definition["permissions"]
        ]
    return {
        "audience": application["signInAudience"],
        "asks for": sorted([one["resourceAppId"], each["id"], each["type"]] for one in access for each in one["resourceAccess"]),
        "certificates": [[key["type"], key["usage"]] for key in application["keyCredentials"]],
        "secrets": len(application["passwordCredentials"]),
        "federated": [
            [one["issuer"], one["subject"], one["audiences"]]
            for one in azure("ad", "app", "federated-credential", "list", "--id", application["appId"])
        ],
        "enabled": principal["accountEnabled"],
        "consents": sorted([one["appRoleId"], one["resourceDisplayName"]] for one in consents),
        "roles": sorted(roles),
        "role": definition,
    }


def same_state(folder: Path, name: str, scopes: list[str], arguments: list[str]) -> None:
    """The exported script and `setup apply`, each on a customer of its own."""
    states, work = {}, folder / name
    for each in (work, work / "script", work / "apply"):
        each.mkdir()

    def scripted(endpoint: str, environment: dict[str, str]) -> None:
        azure = run.azure(environment)
        login(azure, endpoint)
        script = work / "setup.sh"
        export(script, "az-cli", *arguments, "--tenant-id", run.CUSTOMER)
        path = os.pathsep.join([str(run.scripts_folder()), environment["PATH"]])
        for again in (False, True):
            command = ["bash", script]
            done = subprocess.run(command, env=environment | {"PATH": path, "PAUSE": "1"}, cwd=work / "script", capture_output=True, text=True)
            run.check(f"{name}: the script runs{' again' if again else ''}", done.returncode == 0, done.stderr[-3000:])
            run.check(f"{name}: it says what comes next", "threatdefence doctor" in done.stdout, done.stdout)
            shown = "AZURE_CLIENT_SECRET" in done.stdout
            run.check(f"{name}: a secret is shown once at most", shown == ("secret" in arguments and not again), shown)
        if (work / "script" / "threatdefence.pem").exists():
            mode = (work / "script" / "threatdefence.pem").stat().st_mode & 0o777
            run.check(f"{name}: nobody else reads the key", mode == 0o600, oct(mode))
        states["script"] = made(azure, endpoint, scopes)

    def applied(endpoint: str, environment: dict[str, str]) -> None:
        command = [run.program(), "setup", "apply", "--yes", "--cloud", endpoint, "--ca-file", environment["REQUESTS_CA_BUNDLE"]]
        signed_in = {"AZURE_TENANT_ID": run.CUSTOMER, "AZURE_CLIENT_ID": CLIENT, "AZURE_CLIENT_SECRET": SECRET}
        done = subprocess.run([*command, *arguments], env=environment | signed_in, cwd=work / "apply", capture_output=True, text=True)
        run.check(f"{name}: setup apply", done.returncode == 0, done.stderr[-3000:])
        azure = run.azure(environment)
        login(azure, endpoint)
        states["apply"] = made(azure, endpoint, scopes)

    run.against(work / "script", "fresh", "127.0.0.1:0", scripted)
    run.against(work / "apply", "fresh", "127.0.0.1:0", applied)
    run.check(f"{name}: script and setup apply leave the same", states["script"] == states["apply"], states)


def marked(page: str, language: str) -> list[str]:
    """The blocks of a page of documentation that are marked as tested."""
    text = (run.ROOT / "docs" / page).read_text()
    return re.findall(rf"<!-- tested: e2e/setup.py -->\n```{language}\n(.*?)```", text, re.DOTALL)


def documented(folder: Path, scope: str) -> None:
    """The commands of the guide, one after the other, in a shell of a person."""

    def typed(endpoint: str, environment: dict[str, str]) -> None:
        azure = run.azure(environment)
        login(azure, endpoint)
        blocks = marked("setup-azure-cli.md", "sh")
        run.check("the guide's commands are found", len(blocks) == 4, len(blocks))
        script = "\n".join(["set -euo pipefail", f"scope={scope}", *blocks])
        path = os.pathsep.join([str(run.scripts_folder()), environment["PATH"]])
        done = subprocess.run(["bash", "-c", script], env=environment | {"PATH": path}, cwd=folder, capture_output=True, text=True)
        run.check("docs/setup-azure-cli.md works", done.returncode == 0, done.stderr[-3000:])
        state = made(azure, endpoint, [scope])
        run.check("and leads to both roles", [one[0] for one in state["roles"]] == ["Reader", "ThreatDefenceRole"], state)
        run.check("and to the base", len(state["consents"]) == 3 and len(state["certificates"]) == 1, state)

    run.against(folder, "fresh", "127.0.0.1:0", typed)
    (template,) = marked("providers.md", "json")
    resources = json.loads(template)["resources"]
    run.check("docs/providers.md has a template of two resources", len(resources) == 2, resources)


def main(folder: Path) -> None:
    exports = folder / "exports"
    exports.mkdir()
    parsers(exports)
    if os.name == "nt":
        print("left out: the script for the Azure CLI is for bash")
        return
    production = "/subscriptions/99f397d5-65a0-40ce-b2a5-c397e68d60db"
    test = "/subscriptions/d4ae2936-114c-415f-aab6-686afbb0f418"
    both = ",".join(scope.split("/")[-1] for scope in (production, test))
    same_state(folder, "subscriptions", [production, test], ["--subscription", both])
    same_state(folder, "secret", [test], ["--subscription", test.split("/")[-1], "--proof", "secret", "--without-role"])
    same_state(folder, "federated", [], ["--directory-only", "--github", "octo/scan", "--with", "AuditLog.Read.All"])
    group = "lindhaven"
    scope = f"/providers/Microsoft.Management/managementGroups/{group}"
    same_state(folder, "group", [scope], ["--management-group", group])
    guide = folder / "guide"
    guide.mkdir()
    documented(guide, production)
