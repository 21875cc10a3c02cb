import Communication
import Foundation
import Testing
import Workers

@Suite struct MemoryDomainsTests {
  /// Two sockets whose hyperthreads are numbered last, and memory without cores.
  private static func twoSockets() throws -> MemoryDomains {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, cores) in [("node0", "0-3,8-11\n"), ("node1", "4-7,12\n"), ("node2", "\n")] {
      let domain = folder.appending(path: name)
      try FileManager.default.createDirectory(at: domain, withIntermediateDirectories: true)
      try cores.write(to: domain.appending(path: "cpulist"), atomically: true, encoding: .utf8)
    }
    return MemoryDomains(folder: folder.path)
  }

  @Test(
    arguments: [
      ([0b0000_0001], 0b01), ([0b0000_1000, 0b0000_1000], 0b01), ([0b1000_0000], 0b10),
      ([0, 0b0001_0000], 0b10), ([0b0001_1000], 0b11), ([0xFF, 0xFF], 0b11), ([0, 0, 1], 0),
      ([], 0),
    ] as [([UInt8], Int32)])
  func ranksBesideTheSameMemoryHaveTheSameBits(mask: [UInt8], bits: Int32) throws {
    #expect(try Self.twoSockets().bits(of: ProcessorMask(bytes: mask)) == bits)
  }

  @Test func withoutWordFromTheSystemAllMemoryIsTheSame() {
    let domains = MemoryDomains(folder: "/nonexistent")
    #expect(domains.cores.isEmpty)
    #expect(domains.bits(of: .current()) == 0)
  }

  @Test func thisMachineIsRead() {
    guard FileManager.default.fileExists(atPath: "/sys/devices/system/node") else { return }
    #expect(MemoryDomains().bits(of: .current()) != 0)
  }
}
