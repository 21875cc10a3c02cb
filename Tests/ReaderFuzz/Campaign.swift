import Foundation

/// Reads inputs, counts what becomes of them, and keeps those that should have been taken in another
/// way.
struct Campaign {
  private let scratch: Scratch
  private let finds: String
  private let seed: UInt64
  private(set) var findCount = 0
  private var rows: [String] = []

  /// The processor seconds that one input may take.
  private static let slowest = 2.0
  /// The seconds after which a reader that does not come back is ended, by SIGALRM.
  private static let patience: UInt32 = 30
  /// Whoever has found so much has enough to mend.
  private static let mostFinds = 20

  init(scratch: Scratch, finds: String, seed: UInt64) {
    self.scratch = scratch
    self.finds = finds
    self.seed = seed
  }

  struct Failure: Error, CustomStringConvertible { let description: String }

  /// What a reader says to an input.
  private enum Answer {
    case accepted
    case refused(String)
    case mistake(String)
  }

  /// Checks that a reader takes what the inputs are made from: else they would show little.
  func requireSeeds(of reader: FuzzedReader) throws {
    for (number, seed) in reader.seeds.enumerated() {
      switch answer(of: reader, to: seed, title: "\(reader.name) seed \(number)") {
      case .accepted: continue
      case .refused(let words), .mistake(let words):
        throw Failure(description: "\(reader.name) does not take its seed \(number): \(words)")
      }
    }
  }

  /// Reads so many inputs.
  mutating func run(_ reader: FuzzedReader, inputs count: Int) throws {
    FileHandle.standardError.write(
      Data("ReaderFuzz: \(reader.name): \(count) inputs, seed \(seed)\n".utf8))
    let mutator = Mutator(reader, seed: seed)
    var tally = Tally()
    for number in 0..<count {
      let input = mutator.input(number)
      try take(
        answer(of: reader, to: input, title: "\(reader.name) \(number) \(seed)"), to: input,
        &tally, reader, name: "\(number)-\(seed)")
    }
    alarm(0)
    rows.append(tally.row(reader.name))
  }

  /// Reads the files of a folder, if there is one.
  mutating func replay(_ folder: String, with reader: FuzzedReader) throws {
    var tally = Tally()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    for name in names.sorted() {
      let input = [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
      try take(
        answer(of: reader, to: input, title: "\(reader.name) \(name)"), to: input, &tally, reader,
        name: name)
    }
    alarm(0)
    rows.append(tally.row(reader.name))
  }

  private mutating func take(
    _ answer: Answer, to input: [UInt8], _ tally: inout Tally, _ reader: FuzzedReader, name: String
  ) throws {
    switch answer {
    case .accepted: tally.accepted += 1
    case .refused(let message): tally.refuse(message)
    case .mistake(let problem):
      tally.mistakes += 1
      try keep(input, of: reader, name: name, problem: problem)
    }
  }

  private func answer(of reader: FuzzedReader, to input: [UInt8], title: String) -> Answer {
    scratch.note(input, title: title)
    alarm(Self.patience)
    let began = Self.processorSeconds
    let answer = read(input, with: reader)
    let seconds = Self.processorSeconds - began
    guard seconds <= Self.slowest else { return .mistake("took \(seconds) s") }
    return answer
  }

  private func read(_ input: [UInt8], with reader: FuzzedReader) -> Answer {
    do {
      return try reader.read(input) ? .accepted : .refused("")
    } catch let mistake as ReaderMistake {
      return .mistake(mistake.problem)
    } catch {
      let message = "\(error)"
      guard !message.isEmpty, message.count < 2000, !message.contains(where: \.isNewline) else {
        return .mistake("the message is no line of sensible length: \(message.debugDescription)")
      }
      return .refused(message)
    }
  }

  private mutating func keep(
    _ input: [UInt8], of reader: FuzzedReader, name: String, problem: String
  ) throws {
    findCount += 1
    let folder = "\(finds)/\(reader.name)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try scratch.write(input, at: "\(folder)/\(name)")
    FileHandle.standardError.write(
      Data("ReaderFuzz: found: \(folder)/\(name): \(problem.prefix(500))\n".utf8))
    guard findCount < Self.mostFinds else {
      throw Failure(description: "\(findCount) finds are enough")
    }
  }

  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// What became of all inputs.
  var table: String {
    "reader: inputs, accepted, refused, mistakes, different messages, inputs a second\n"
      + rows.joined(separator: "\n")
  }
}

/// What became of a reader's inputs.
private struct Tally {
  var accepted = 0
  var mistakes = 0
  private var refused = 0
  private var messages: Set<String> = []
  private let began = Date()

  mutating func refuse(_ message: String) {
    refused += 1
    messages.insert(Self.pattern(of: message))
  }

  /// A message without what it quotes and counts.
  private static func pattern(of message: String) -> String {
    let unquoted = message.split(separator: "\"", omittingEmptySubsequences: false)
      .enumerated().filter { $0.offset % 2 == 0 }.map { $0.element }.joined(separator: "\"")
    return unquoted.filter { !$0.isNumber }
  }

  func row(_ name: String) -> String {
    let inputs = accepted + refused + mistakes
    let speed = Int(Double(inputs) / max(1e-3, Date().timeIntervalSince(began)))
    return "\(name): \(inputs), \(accepted), \(refused), \(mistakes), \(messages.count), \(speed)"
  }
}
