import Foundation
import Synchronization

/// A program that this process starts, feeds and waits for; one at a time.
///
/// It has a process group of its own, which the terminal's Ctrl-C does not reach. So a signal that would
/// end this process ends the program instead, and then `run` throws.
package enum ChildProcess {
  /// What came of a program.
  package struct Result: Sendable {
    /// Its exit code; where a signal ended it 128 and the signal's number, as a shell has it.
    package let status: Int32
    /// What it wrote to standard output.
    package let output: [UInt8]
  }

  /// A signal came that would have ended this process; the program has ended.
  package struct Interrupted: Error, CustomStringConvertible, Sendable {
    /// The signal's number.
    package let signal: Int32

    package var description: String { "interrupted by signal \(signal)" }
  }

  /// Runs a program to its end.
  ///
  /// - Parameters:
  ///   - command: its path, or its name to be looked for, and its arguments.
  ///   - environment: what it has besides this process's own.
  ///   - input: what it finds on standard input.
  ///   - log: a file to which its standard error is appended.
  /// - Throws: `FileError` of the log, `Interrupted`, or the system's error where it cannot be started.
  package static func run(
    _ command: [String], environment: [String: String] = [:], input: String = "",
    errorsTo log: String
  ) throws -> Result {
    let errors = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard errors >= 0 else { throw FileError(path: log, cannot: "open", code: errno) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let (feed, output) = (Pipe(), Pipe())
    process.standardInput = feed
    process.standardOutput = output
    process.standardError = FileHandle(fileDescriptor: errors, closeOnDealloc: true)
    let ended = DispatchSemaphore(value: 0)
    process.terminationHandler = { _ in ended.signal() }

    turn.lock()
    defer { turn.unlock() }
    let earlier = beginForwarding()
    defer { endForwarding(earlier) }
    try process.run()
    child.store(process.processIdentifier, ordering: .sequentiallyConsistent)
    // A signal that came before the program's number was known.
    if received.load(ordering: .sequentiallyConsistent) != 0 { process.terminate() }
    // A program that ends early does not read it all.
    try? feed.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try? feed.fileHandleForWriting.close()
    let bytes = (try? output.fileHandleForReading.readToEnd()) ?? Data()
    ended.wait()
    child.store(0, ordering: .sequentiallyConsistent)

    let signal = received.load(ordering: .sequentiallyConsistent)
    guard signal == 0 else { throw Interrupted(signal: signal) }
    let isKilled = process.terminationReason == .uncaughtSignal
    return Result(
      status: process.terminationStatus + (isKilled ? 128 : 0), output: [UInt8](bytes))
  }

  // MARK: Signals

  private typealias Handler = @convention(c) (Int32) -> Void

  /// A process has one handler of a signal, so it waits for one program at a time.
  private static let turn = NSLock()
  private static let forwarded = [SIGINT, SIGTERM, SIGHUP]
  /// The program that runs; 0 for none.
  private static let child = Atomic<Int32>(0)
  /// The signal that came while it did; 0 for none.
  private static let received = Atomic<Int32>(0)

  /// From now on signals end the program.
  ///
  /// - Returns: what they did before.
  private static func beginForwarding() -> [Handler?] {
    // Both exist before a handler, which must not make them, looks at them.
    child.store(0, ordering: .sequentiallyConsistent)
    received.store(0, ordering: .sequentiallyConsistent)
    deliver(forwarded)
    return forwarded.map { number in
      let earlier: Handler? = signal(number) { number in
        ChildProcess.received.store(number, ordering: .sequentiallyConsistent)
        let child = ChildProcess.child.load(ordering: .sequentiallyConsistent)
        if child > 0 { kill(child, SIGTERM) }
      }
      // What is ignored, as after nohup, stays so. The system's SIG_IGN is the number 1 in a pointer's
      // place, and a pointer, also that of nil, has the size of an Int.
      if unsafeBitCast(earlier, to: Int.self) == 1 { signal(number, SIG_IGN) }
      return earlier
    }
  }

  /// Lets signals reach this process and the program, whatever the program that started this one had
  /// blocked.
  private static func deliver(_ signals: [Int32]) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  private static func endForwarding(_ earlier: [Handler?]) {
    for (number, handler) in zip(forwarded, earlier) { signal(number, handler) }
  }
}
