import Foundation

/// Runs a program of the system, found by its name; false if it fails or is not there.
@discardableResult
func succeeds(_ command: [String]) -> Bool {
  output(of: command) != nil
}

/// What a program of the system prints; nil if it fails or is not there.
func output(of command: [String]) -> String? {
  let process = Process()
  let pipe = Pipe()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = command
  process.standardOutput = pipe
  process.standardError = FileHandle.nullDevice
  guard (try? process.run()) != nil else { return nil }
  let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return process.terminationStatus == 0 ? String(decoding: bytes, as: UTF8.self) : nil
}
