"""Other people's Azure clients against `threatdefence simulate`: the Azure CLI and the Python SDK.

Nobody but us wrote the simulator, so nobody but others can say whether it is like Azure. This makes a
Python environment of its own below target/, starts the simulator with the demo company, and asks.
"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENT = ROOT / "target" / "e2e-python"
PACKAGES = ["azure-cli", "azure-identity", "azure-mgmt-resource", "azure-mgmt-storage"]
TENANT = "7d1f6c1a-52a8-4b0e-9a3e-6b1c9f0e4d27"
CLIENT = "b7d1c9a2-4e36-4f80-a5d9-3c0e8b71f264"
SECRET = "demo-not-a-real-secret"


def scripts_folder() -> Path:
    return ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")


def prepare() -> None:
    """Installs the clients once; a finished installation is marked."""
    mark = ENVIRONMENT / "installed"
    wanted = "\n".join(PACKAGES)
    if mark.is_file() and mark.read_text() == wanted:
        return
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    pip = [str(scripts_folder() / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *PACKAGES], check=True)
    mark.write_text(wanted)


def start(folder: Path) -> tuple[subprocess.Popen, str, Path]:
    """Starts the simulator; it prints its address once it answers."""
    subprocess.run(["cargo", "build", "-q", "-p", "threatdefence"], cwd=ROOT, check=True)
    ca = folder / "ca.pem"
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    program = target / "debug" / ("threatdefence.exe" if os.name == "nt" else "threatdefence")
    command = [program, "simulate", "--listen", "127.0.0.1:0", "--ca-out", ca, "--quiet"]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    endpoint = server.stdout.readline().strip().rstrip("/")
    if not endpoint:
        sys.exit("the simulator did not start")
    return server, endpoint, ca


def check(what: str, holds: bool, seen: object) -> None:
    if not holds:
        sys.exit(f"FAILED {what}: {seen!r}")
    print(f"ok     {what}")


def azure_cli(endpoint: str, environment: dict[str, str]) -> None:
    az = str(scripts_folder() / ("az.bat" if os.name == "nt" else "az"))

    def run(*arguments: str) -> object:
        done = subprocess.run([az, *arguments, "--only-show-errors"], env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"FAILED az {' '.join(arguments)}:\n{done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    run("config", "set", "core.instance_discovery=false")
    run("cloud", "register", "-n", "simulator", "--endpoint-resource-manager", endpoint)
    run("cloud", "set", "-n", "simulator")
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


def main() -> None:
    prepare()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server, endpoint, ca = start(folder)
        environment = os.environ | {
            "AZURE_CONFIG_DIR": str(folder / "azure"),
            "REQUESTS_CA_BUNDLE": str(ca),
            "AZURE_CORE_COLLECT_TELEMETRY": "false",
            "NO_PROXY": "127.0.0.1",
        }
        try:
            azure_cli(endpoint, environment)
            python_sdk(endpoint, environment)
        finally:
            server.terminate()
            server.wait(timeout=10)


if __name__ == "__main__":
    main()
