import Foundation
import SequenceData
import TestSupport
import Testing

@Suite struct CacheTests {
  private func prepare(
    _ path: String, _ folder: TestFolder, unit: TextUnit = .character
  ) throws -> PreparedText {
    try TextCorpus.prepare(training: path, unit: unit, cache: folder.cache)
  }

  private func text(_ prepared: PreparedText) throws -> String {
    let corpus = try prepared.open().training
    let steps = steps(of: corpus, sequence: 0)
    let symbols = steps.map { Int32($0.inputs[0]) } + [Int32(steps[steps.count - 1].targets[0])]
    return corpus.vocabulary.decode(symbols)
  }

  @Test func isFoundAgainByContentAndSettings() throws {
    let folder = try TestFolder()
    let path = try folder.write("some text", to: "a")
    let first = try prepare(path, folder)
    #expect(!first.training.wasFound)
    let second = try prepare(path, folder)
    #expect(second.training.wasFound && second.training.cache == first.training.cache)
    let copy = try prepare(folder.write("some text", to: "b"), folder)
    #expect(copy.training.wasFound && copy.training.cache == first.training.cache)
    #expect(try prepare(path, folder, unit: .word).training.cache != first.training.cache)
    _ = try folder.write("some texts", to: "a")
    let changed = try prepare(path, folder)
    #expect(!changed.training.wasFound && changed.training.cache != first.training.cache)
    #expect(try text(changed) == "some texts" && text(first) == "some text")
    #expect(folder.cacheFiles().count == 3)
    #expect(folder.cacheFiles().allSatisfy { $0.hasSuffix(".unfold") })
  }

  @Test func damagedFilesAreMadeAgain() throws {
    let folder = try TestFolder()
    let path = try folder.write("some text", to: "a")
    let file = try prepare(path, folder)
    let whole = try Data(contentsOf: URL(fileURLWithPath: file.training.cache))
    let damages: [(Data) -> Data] = [
      { $0.prefix(100) }, { _ in Data() }, { $0.dropLast() }, { $0 + [0] },
      { Data([$0[0] ^ 1]) + $0.dropFirst() },
      { $0.prefix(128) + Data([$0[128] ^ 1]) + $0.dropFirst(129) },
      { $0.dropLast(2) + Data([0, 0]) },
    ]
    for damage in damages {
      try damage(whole).write(to: URL(fileURLWithPath: file.training.cache))
      let again = try prepare(path, folder)
      #expect(!again.training.wasFound && again.training.cache == file.training.cache)
      #expect(try text(again) == "some text")
      #expect(try Data(contentsOf: URL(fileURLWithPath: file.training.cache)) == whole)
    }
  }

  @Test func racingWritersAllSucceed() async throws {
    let folder = try TestFolder()
    let text = String(repeating: "racing writers\n", count: 20_000)
    let path = try folder.write(text, to: "a")
    let cache = folder.cache
    let files = try await withThrowingTaskGroup(of: PreparedText.self) { group in
      for _ in 0..<8 {
        group.addTask {
          try TextCorpus.prepare(training: path, unit: .character, cache: cache)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(files.map(\.training.cache)).count == 1)
    #expect(folder.cacheFiles().count == 1)
    for file in files { #expect(try self.text(file) == text) }
  }

  @Test func unwritableFoldersAreNamed() throws {
    let folder = try TestFolder()
    let path = try folder.write("some text", to: "a")
    let error = failure {
      _ = try TextCorpus.prepare(
        training: path, unit: .byte, cache: CacheFolder(path: path + "/below-a-file"))
    }
    #expect(error?.description.contains("data.cache") == true)
  }
}
