import Foundation
import TestSupport
import Testing
import Training

/// What is read of machines that are made up.
struct SystemFilesTests {
  /// A machine of these files.
  private static func machine(
    _ files: [String: String], _ body: (SystemFiles) throws -> Void
  ) throws {
    let folder = try TestFolder()
    for (path, text) in files {
      let parent = URL(fileURLWithPath: folder.path + path).deletingLastPathComponent()
      try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
      try folder.write(text, to: String(path.dropFirst()))
    }
    try body(SystemFiles(root: folder.path))
  }

  @Test func anEmptyMachineTellsNothing() throws {
    try Self.machine([:]) { files in
      #expect(files.text("/proc/self/cgroup") == nil && files.entries("/sys").isEmpty)
      #expect(files.hugePages("enabled") == nil && files.coreCount(ofProcess: 1) == nil)
      #expect(files.fileSystem(at: "/") == nil)
      #expect(files.networkInterfaces.isEmpty && !files.hasInfiniBand)
      let group = ControlGroup(files: files)
      #expect(group.processorQuota == nil && group.memoryLeft == nil)
    }
  }

  @Test func theKernelsSettingIsTheOneInBrackets() throws {
    let folder = "/sys/kernel/mm/transparent_hugepage"
    try Self.machine([
      "\(folder)/enabled": "always [madvise] never\n",
      "\(folder)/shmem_enabled": "always within_size advise [never] deny force\n",
    ]) { files in
      #expect(files.hugePages("enabled") == "madvise")
      #expect(files.hugePages("shmem_enabled") == "never")
    }
  }

  @Test func aProcessTellsItsCores() throws {
    let status = "Name:\tmpirun\nCpus_allowed:\t3,0000000f\nCpus_allowed_list:\t0-3,32-33\n"
    try Self.machine(["/proc/7/status": status]) { files in
      #expect(files.coreCount(ofProcess: 7) == 6)
    }
  }

  @Test func thisProcessTellsItsCores() {
    let count = SystemFiles().coreCount(ofProcess: getpid())
    #expect(count == ProcessInfo.processInfo.activeProcessorCount)
  }

  @Test func theNearestMountTellsTheFileSystem() throws {
    let mounts = """
      /dev/vda / ext4 rw 0 0
      server:/export /home nfs4 rw 0 0
      tmpfs /home/my\\040data tmpfs rw 0 0
      overlay / overlay rw 0 0
      """
    try Self.machine(["/proc/self/mounts": mounts]) { files in
      #expect(files.fileSystem(at: "/home/ann") == "nfs4")
      #expect(files.fileSystem(at: "/home") == "nfs4")
      #expect(files.fileSystem(at: "/homeless") == "overlay")
      #expect(files.fileSystem(at: "/home/my data/runs") == "tmpfs")
    }
  }

  @Test func interfacesOfTheMachineItselfCount() throws {
    let folder = "/sys/class/net"
    try Self.machine([
      "\(folder)/eth1/speed": "2500\n", "\(folder)/eth1/device/vendor": "",
      "\(folder)/eth0/speed": "100000\n", "\(folder)/eth0/device/vendor": "",
      "\(folder)/veth7/speed": "10000\n",
      "\(folder)/wlan0/speed": "-1\n", "\(folder)/wlan0/device/vendor": "",
      "\(folder)/lo/mtu": "65536\n",
    ]) { files in
      #expect(files.networkInterfaces.map(\.words) == ["eth0 of 100 Gbit/s", "eth1 of 2.5 Gbit/s"])
    }
    #expect(NetworkInterface(name: "e", megabitsPerSecond: 100).words == "e of 100 Mbit/s")
  }

  @Test(
    arguments: [
      ("InfiniBand\n", "4: ACTIVE\n", true), ("InfiniBand\n", "1: DOWN\n", false),
      ("Ethernet\n", "4: ACTIVE\n", false),
    ])
  func aConnectedInfiniBandPortIsFound(layer: String, state: String, isFound: Bool) throws {
    let port = "/sys/class/infiniband/mlx5_0/ports/1"
    try Self.machine(["\(port)/link_layer": layer, "\(port)/state": state]) { files in
      #expect(files.hasInfiniBand == isFound)
    }
  }

  /// The tightest limit of a group and of those around it.
  @Test func controlGroupsLieInOneAnother() throws {
    let folder = "/sys/fs/cgroup"
    try Self.machine([
      "/proc/self/cgroup": "1:name=systemd:/elsewhere\n0::/outer/inner\n",
      "\(folder)/outer/cpu.max": "150000 100000\n",
      "\(folder)/outer/inner/cpu.max": "max 100000\n",
      "\(folder)/outer/memory.max": "max\n", "\(folder)/outer/memory.current": "5000\n",
      "\(folder)/outer/inner/memory.max": "4000\n",
      "\(folder)/outer/inner/memory.current": "3000\n",
      "\(folder)/outer/inner/memory.stat": "anon 100\ninactive_file 500\nslab 7\n",
    ]) { files in
      let group = ControlGroup(files: files)
      #expect(group.processorQuota == 1.5)
      #expect(group.memoryLeft == 1500)
    }
  }

  /// A container sees its own group as the outermost.
  @Test func aContainersGroupIsTheOutermost() throws {
    try Self.machine([
      "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "400000 100000\n",
      "/sys/fs/cgroup/memory.max": "1000\n", "/sys/fs/cgroup/memory.current": "1200\n",
    ]) { files in
      #expect(ControlGroup(files: files).processorQuota == 4)
      #expect(ControlGroup(files: files).memoryLeft == 0)
    }
  }
}
