import Foundation
import Testing
import Yams

/// `launch/mpijob.yaml` has what the schema of the MPI operator asks for, and what training needs.
struct KubernetesTests {
  private typealias Fields = [String: Any]

  private let job: Fields

  init() throws {
    let loaded = try Yams.load(yaml: contents(of: "launch/mpijob.yaml"))
    job = try #require(loaded as? [String: Any])
  }

  private func fields(_ path: String..., in start: Fields? = nil) throws -> Fields {
    var fields = start ?? job
    for name in path { fields = try #require(fields[name] as? Fields, "\(name)") }
    return fields
  }

  private func list(_ name: String, in start: Fields) throws -> [Fields] {
    try #require(start[name] as? [Fields], "\(name)")
  }

  private func replica(_ name: String) throws -> Fields {
    try fields("spec", "mpiReplicaSpecs", name)
  }

  private func pod(_ name: String) throws -> Fields {
    try fields("template", "spec", in: try replica(name))
  }

  private func container(_ name: String) throws -> Fields {
    let containers = try list("containers", in: try pod(name))
    #expect(containers.count == 1)
    return try #require(containers.first)
  }

  @Test func theJobIsOfTheSchema() throws {
    #expect(job["apiVersion"] as? String == "kubeflow.org/v2beta1")
    #expect(job["kind"] as? String == "MPIJob")
    #expect(Set(job.keys) == ["apiVersion", "kind", "metadata", "spec"])
    let name = try #require(try fields("metadata")["name"] as? String)
    #expect(name.wholeMatch(of: #/[a-z0-9]([-a-z0-9]*[a-z0-9])?/#) != nil)
    let spec = try fields("spec")
    let known: Set = [
      "slotsPerWorker", "runLauncherAsWorker", "runPolicy", "mpiReplicaSpecs", "sshAuthMountPath",
      "launcherCreationPolicy", "mpiImplementation",
    ]
    #expect(Set(spec.keys).isSubset(of: known))
    let slots = try #require(spec["slotsPerWorker"] as? Int)
    #expect(slots >= 1)
    #expect(spec["mpiImplementation"] as? String == "OpenMPI")
    let creation = try #require(spec["launcherCreationPolicy"] as? String)
    #expect(["AtStartup", "WaitForWorkersReady"].contains(creation))
    let policy = try fields("spec", "runPolicy")
    #expect(
      Set(policy.keys).isSubset(of: [
        "cleanPodPolicy", "ttlSecondsAfterFinished", "activeDeadlineSeconds", "backoffLimit",
        "schedulingPolicy", "suspend", "managedBy",
      ]))
    let clean = try #require(policy["cleanPodPolicy"] as? String)
    #expect(["None", "Running", "All"].contains(clean))
    let retries = try #require(policy["backoffLimit"] as? Int)
    #expect(retries >= 0)
    #expect(Set(try fields("spec", "mpiReplicaSpecs").keys) == ["Launcher", "Worker"])
    #expect(try replica("Launcher")["replicas"] as? Int == 1)
    let workers = try #require(try replica("Worker")["replicas"] as? Int)
    #expect(workers >= 1)
    // Pods are called by it, and their names are names of hosts.
    #expect("\(name)-worker-\(workers - 1)".count <= 63)
  }

  @Test(arguments: ["Launcher", "Worker"])
  func podsAreComplete(name: String) throws {
    let replica = try self.replica(name)
    #expect(Set(replica.keys) == ["replicas", "restartPolicy", "template"])
    let restart = try #require(replica["restartPolicy"] as? String)
    #expect(["Never", "OnFailure"].contains(restart))
    let container = try self.container(name)
    for key in ["name", "image"] {
      #expect((container[key] as? String)?.isEmpty == false, "\(key)")
    }
    for key in ["command", "args"] {
      #expect((container[key] as? [String])?.isEmpty == false, "\(key)")
    }
    for kind in ["requests", "limits"] {
      for (key, value) in try fields("resources", kind, in: container) {
        #expect(["cpu", "memory"].contains(key))
        let quantity = try #require(value as? String, "\(key) must be in quotation marks")
        let pattern = #/[0-9]+(\.[0-9]+)?(m|[kMGT]|[KMGT]i)?/#
        #expect(quantity.wholeMatch(of: pattern) != nil, "\(quantity)")
      }
    }
    for key in ["cpu", "memory"] {
      #expect(try fields("resources", "requests", in: container)[key] is String, "\(key)")
    }
    // An emptyDir in memory counts against the memory of the pod that has it.
    #expect(try fields("resources", "limits", in: container)["memory"] is String)
    // Every volume that is mounted is one of the pod's.
    let mounted = try list("volumeMounts", in: container).map { $0["name"] as? String }
    let volumes = try list("volumes", in: try pod(name)).map { $0["name"] as? String }
    #expect(Set(mounted) == Set(volumes) && !mounted.contains(nil))
  }

  /// Docker's 64 MiB of shared memory are too few for the weights.
  @Test func workersHaveSharedMemory() throws {
    let mounts = try list("volumeMounts", in: try container("Worker"))
    let mount = try #require(mounts.first { $0["mountPath"] as? String == "/dev/shm" })
    let volumes = try list("volumes", in: try pod("Worker"))
    let volume = try #require(volumes.first { $0["name"] as? String == mount["name"] as? String })
    #expect(try fields("emptyDir", in: volume)["medium"] as? String == "Memory")
  }

  /// The configuration is there, and what is asked of the launcher is what it takes.
  @Test func theCommandIsOneOfOurs() throws {
    let script = try #require((try container("Launcher")["args"] as? [String])?.first)
    let configuration = try #require(script.firstMatch(of: #/configs/[a-z-]+\.yaml/#))
    _ = try contents(of: String(configuration.output))
    let help = try contents(of: "launch/mpirun.sh")
    let before = try #require(script.firstMatch(of: #/mpirun\.sh (?<options>[\s\S]*?) -- /#))
    let options = before.options.matches(of: #/--[a-z-]+/#).map { String($0.output) }
    #expect(options.count >= 3)
    for option in options { #expect(help.contains("  \(option) "), "\(option)") }
  }
}
