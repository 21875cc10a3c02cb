import Checkpoints
import Files
import Foundation
import Testing

@Suite("Checkpoint folders")
struct CheckpointStoreTests {
  @Test("written, found, read, retained and kept as best")
  func life() throws {
    try withFolder { folder in
      let store = CheckpointStore(directory: "\(folder)/run/checkpoints")
      #expect(store.newestComplete().checkpoint == nil)
      try store.prepare()
      for step in [5, 10, 20, 100] {
        try store.writeSample(step: step)
        if step == 10 { try store.markBest(step: step) }
        try store.retain(keep: 2, upTo: step)
      }
      #expect(store.steps() == [20, 100])
      let found = store.newestComplete()
      let newest = try #require(found.checkpoint)
      #expect(newest.step == 100 && found.warnings.isEmpty)
      #expect(newest.files == ["model.safetensors", "training.json", "config.yaml"])
      #expect(try newest.sampleValue() == 1)
      let best = try Checkpoint.open("\(store.directory)/best").checkpoint
      #expect(best.step == 10)
      #expect(try best.sampleValue() == 1)
      for path in ["\(folder)/run", store.directory, "\(store.directory)/step-100"] {
        #expect(try Checkpoint.open(path).checkpoint.step == 100)
      }
      try store.markBest(step: 100)
      #expect(try Checkpoint.open("\(store.directory)/best").checkpoint.step == 100)
      let names = try FileManager.default.contentsOfDirectory(atPath: store.directory)
      #expect(names.sorted() == ["best", "step-100", "step-20"])
    }
  }

  @Test("a step that exists is replaced")
  func replacing() throws {
    try withFolder { folder in
      let store = CheckpointStore(directory: folder)
      try store.prepare()
      try store.writeSample(step: 3, value: 1)
      try store.writeSample(step: 3, value: 2)
      #expect(try store.newestComplete().checkpoint?.sampleValue() == 2)
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["step-3"])
    }
  }

  @Test("a disk that takes names but no bytes is found out, and nothing of it remains")
  func room() throws {
    try withFolder { folder in
      func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder)
      }
      let store = CheckpointStore(directory: folder)
      try store.prepare()
      try store.requireRoom()
      #expect(try names() == [])
      let full = FileSystem { operation in
        guard case .write = operation else { return nil }
        return ENOSPC
      }
      let line = failure { () throws(CheckpointError) in
        try CheckpointStore(directory: folder, system: full).requireRoom()
      }
      #expect(try #require(line).hasPrefix("\(folder): cannot write: No space left on device"))
      #expect(try names() == [])
    }
  }

  @Test("every flipped byte and every missing file is found, and the earlier checkpoint taken")
  func damage() throws {
    try withFolder { folder in
      let store = CheckpointStore(directory: folder)
      try store.prepare()
      try store.writeSample(step: 1)
      try store.writeSample(step: 2)
      for name in ["model.safetensors", "training.json", "config.yaml", "checkpoint.json"] {
        let path = "\(folder)/step-2/\(name)"
        let whole = try bytes(path)
        for index in whole.indices {
          var damaged = whole
          damaged[index] ^= 1
          try write(damaged, to: path)
          let found = store.newestComplete()
          let checkpoint = try #require(found.checkpoint)
          // White space of the manifest may change without harm.
          if name == "checkpoint.json", checkpoint.step == 2 {
            #expect(try checkpoint.sampleValue() == 1)
          } else {
            #expect(checkpoint.step == 1, "\(name) byte \(index)")
            #expect(found.warnings.count == 1 && found.warnings[0].contains("step-2"))
          }
        }
        try write(Array(whole.dropLast()), to: path)
        #expect(store.newestComplete().checkpoint?.step == 1)
        try FileManager.default.removeItem(atPath: path)
        #expect(store.newestComplete().checkpoint?.step == 1)
        #expect(throws: CheckpointError.self) { try Checkpoint.open("\(folder)/step-2") }
        try write(whole, to: path)
        #expect(store.newestComplete().checkpoint?.step == 2)
      }
    }
  }

  @Test("a damaged later checkpoint does not push good ones out")
  func retentionBesideDamage() throws {
    try withFolder { folder in
      let store = CheckpointStore(directory: folder)
      try store.prepare()
      for step in [1, 2, 9] { try store.writeSample(step: step) }
      try write([0], to: "\(folder)/step-9/model.safetensors")
      try store.writeSample(step: 3)
      try store.retain(keep: 1, upTo: 3)
      #expect(store.steps() == [3, 9])
      #expect(store.newestComplete().checkpoint?.step == 3)
    }
  }

  @Test("what cannot be opened is named")
  func notOpened() throws {
    try withFolder { folder in
      func line(_ path: String) -> String? {
        failure { () throws(CheckpointError) in _ = try Checkpoint.open(path) }
      }
      #expect(line("\(folder)/no") == "\(folder)/no: no such checkpoint or run folder")
      #expect(line(folder) == "\(folder): holds no complete checkpoint")
      try write([1], to: "\(folder)/file")
      #expect(line("\(folder)/file") == "\(folder)/file: is a file; give the checkpoint's folder")
      try CheckpointStore(directory: folder).writeSample(step: 1)
      let checkpoint = try Checkpoint.open(folder).checkpoint
      let missing = failure { () throws(CheckpointError) in _ = try checkpoint.text("other") }
      #expect(try #require(missing).contains("has no other; it has model.safetensors"))
    }
  }

  @Test("the parameter hash is SHA-256 over the bytes, however they are cut")
  func parameterHash() {
    // Computed by `printf '\x00\x00\x80\x3f\x00\x00\x00\xc0' | sha256sum`.
    let expected = "ee4ac73c2bd27756ab82780f27c73a7bc4d3f0bb6acb37e008bc27eccd7e588b"
    let values: [Float] = [1, -2]
    var whole = ParameterHash()
    var pieces = ParameterHash()
    values.withUnsafeBufferPointer { buffer in
      whole.update(buffer)
      pieces.update(.init(rebasing: buffer[..<1]))
      pieces.update(.init(rebasing: buffer[1...]))
    }
    #expect(whole.hexadecimal == expected)
    #expect(pieces.hexadecimal == expected)
  }
}
