"""Holds built manifests against their schemas and against each other; see check.sh."""

import sys
from pathlib import Path

import kubernetes_validate
import yaml
from cloudcoil.models.keda.v1alpha1 import ScaledObject, TriggerAuthentication
from cloudcoil.models.prometheus_operator.v1 import ServiceMonitor

# Old clusters and new ones.
VERSIONS = ["1.31", "1.37"]
EXTENSIONS = {kind.__name__: kind for kind in (ScaledObject, ServiceMonitor, TriggerAuthentication)}
WORKLOADS = {"Deployment", "StatefulSet"}


def main(paths):
    faults = []
    pods = {}
    for path in map(Path, paths):
        objects = list(yaml.safe_load_all(path.read_text()))
        for item in objects:
            name = f"{path.stem}: {item['kind']} {item['metadata']['name']}"
            faults += [f"{name}: {fault}" for fault in schema_faults(item)]
        faults += [f"{path.stem}: {fault}" for fault in disagreements(objects)]
        pods[path.stem] = pod_of(objects)
    if without_name(pods["deployment"]) != without_name(pods["stateful-set"]):
        faults.append("the pods of the two variants differ in more than the static name")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"manifests: {len(paths)} kustomizations, {len(faults)} faults")
    return 1 if faults else 0


def schema_faults(item):
    extension = EXTENSIONS.get(item["kind"])
    if extension:
        return extension_faults(extension, item)
    faults = []
    for version in VERSIONS:
        try:
            kubernetes_validate.validate(item, version, strict=True)
        except kubernetes_validate.ValidationError as error:
            faults.append(f"{version}: {error.message} at {list(error.path)}")
    return faults


def extension_faults(extension, item):
    """The models pass over fields that they do not know, so what they read is compared."""
    try:
        read = extension.model_validate(item).model_dump(mode="json", by_alias=True, exclude_unset=True)
    except ValueError as error:
        return [str(error)]
    return [] if read == item else [f"fields that there are not: {item} was read as {read}"]


def disagreements(objects):
    """What one object says of another must be so."""
    labels = workload(objects)["spec"]["template"]["metadata"]["labels"]
    ports = {port["name"] for port in pod_of(objects)["containers"][0]["ports"]}
    names = {(item["kind"], item["metadata"]["name"]) for item in objects}
    for item in objects:
        spec, kind = item.get("spec", {}), item["kind"]
        selector = {
            "Service": lambda: spec["selector"],
            "PodDisruptionBudget": lambda: spec.get("selector", {}).get("matchLabels"),
            "NetworkPolicy": lambda: spec["podSelector"].get("matchLabels"),
            "Deployment": lambda: spec["selector"]["matchLabels"],
            "StatefulSet": lambda: spec["selector"]["matchLabels"],
        }.get(kind, lambda: labels)()
        if not selector or not selector.items() <= labels.items():
            yield f"{kind} selects {selector}, pods are {labels}"
        if kind == "ScaledObject":
            target = (spec["scaleTargetRef"]["kind"], spec["scaleTargetRef"]["name"])
            if target not in names:
                yield f"ScaledObject scales {target}, which is not there"
        if kind == "ServiceMonitor":
            service = next(other for other in objects if other["kind"] == "Service")
            if not spec["selector"]["matchLabels"].items() <= service["metadata"]["labels"].items():
                yield "ServiceMonitor does not select the service"
            if {end["port"] for end in spec["endpoints"]} != {port["name"] for port in service["spec"]["ports"]}:
                yield "ServiceMonitor asks for a port that the service has not"
    for port in [item for item in objects if item["kind"] == "Service"][0]["spec"]["ports"]:
        if port["targetPort"] not in ports:
            yield f"the service leads to {port['targetPort']}, pods have {ports}"
    settings = next(volume for volume in pod_of(objects)["volumes"] if volume["name"] == "settings")
    if ("ConfigMap", settings["configMap"]["name"]) not in names:
        yield "the settings' volume is of no config map"


def workload(objects):
    [found] = [item for item in objects if item["kind"] in WORKLOADS]
    return found


def pod_of(objects):
    return workload(objects)["spec"]["template"]["spec"]


def without_name(pod):
    container = pod["containers"][0]
    names = ("COPYDESK__KAFKA__GROUP_INSTANCE_ID",)
    environment = [variable for variable in container["env"] if variable["name"] not in names]
    return {**pod, "containers": [{**container, "env": environment}]}


sys.exit(main(sys.argv[1:]))
