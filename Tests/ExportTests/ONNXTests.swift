import Export
import Files
import Foundation
import TestSupport
import Testing
import Training

/// ONNX files, read by their bytes alone. `Tests/Reference/check_exports.py` reads them with ONNX Runtime.
struct ONNXTests {
  private let folder: TestFolder

  init() throws { folder = try TestFolder() }

  private func export(_ model: TrainedModel) throws -> (GraphPlayer, TestVector) {
    _ = try ModelExport(.onnx, to: folder("a.onnx")).write(model, checks: false)
    let vector = try #require(
      JSON.value(TestVector.self, from: try folder.bytes("a.onnx.test.json")))
    return (try GraphPlayer(try folder.bytes("a.onnx")), vector)
  }

  /// The outputs of both passes, and all values of the first.
  private func play(
    _ player: inout GraphPlayer, _ vector: TestVector, hidden: Int
  ) throws -> (outputs: [[Double]], all: [String: [[Double]]]) {
    let rows = vector.inputs ?? (vector.symbols ?? []).map { [Float($0)] }
    let inputs = rows.map { row in row.map { Double($0) } }
    let before = player.inputNames.dropFirst()
    let zeros = [Double](repeating: 0, count: hidden)
    let first = player.run(
      inputs, states: Dictionary(uniqueKeysWithValues: before.map { ($0, zeros) }))
    var after: [String: [Double]] = [:]
    for name in before {
      after[name] = try #require(first[name.replacing("0_", with: "n_")])[0]
    }
    let second = player.run(inputs, states: after)
    let name = player.outputNames[0]
    let (outputs, carried) = (try #require(first[name]), try #require(second[name]))
    return (outputs + carried, first)
  }

  private func requireTheSame(_ model: TrainedModel) throws -> [String: [[Double]]] {
    var (player, vector) = try export(model)
    let (outputs, all) = try play(&player, vector, hidden: 5)
    #expect(vector.tolerance > 0)
    #expect(vector.difference(outputs) <= Double(vector.tolerance))
    return all
  }

  @Test(arguments: allCells) func everyCell(cell: String) throws {
    _ = try requireTheSame(try Sample.plain.train(cell: cell, in: folder))
  }

  @Test(arguments: Sample.allCases) func everyKindOfDataAndLoss(sample: Sample) throws {
    let values = try requireTheSame(try sample.train(in: folder))
    switch sample {
    case .text:
      let sums = try #require(values["probabilities"]).map { $0.reduce(0, +) }
      #expect(sums.allSatisfy { abs($0 - 1) < 1e-12 })
    case .labels:
      let probabilities = try #require(values["probabilities"]).joined()
      #expect(probabilities.allSatisfy { 0 < $0 && $0 < 1 })
    case .quantiles:
      let outputs = try #require(values["output"])
      #expect(values["quantile_0.1"] == outputs.map { [$0[0], $0[2]] })
      #expect(values["quantile_0.75"] == outputs.map { [$0[1], $0[3]] })
    case .deviations:
      let outputs = try #require(values["output"])
      #expect(values["mean"] == outputs.map { [$0[0]] })
      #expect(values["deviation"] == outputs.map { [exp($0[1])] })
    case .plain, .normalized, .signal, .skip:
      #expect(values.keys.filter { !$0.contains("n_l") } == ["output"])
    }
  }

  @Test func theFileSaysWhatItIs() throws {
    let (player, _) = try export(try Sample.normalized.train(in: folder))
    #expect(player.model.numbers[1] == [8])
    #expect(try player.model.messages(8).map { $0.numbers[2] } == [[17]])
    #expect(player.inputNames == ["input", "h0_l0", "c0_l0", "h0_l1", "c0_l1"])
    #expect(player.outputNames == ["output", "hn_l0", "cn_l0", "hn_l1", "cn_l1"])
    let metadata = try player.model.messages(14).reduce(into: [:]) { $0[$1.text(1)] = $1.text(2) }
    #expect(metadata["name"] == "a" && metadata["inputs"] == "[\"u\",\"v\"]")
  }

  /// The test vector is one that a wrong gate order does not pass.
  @Test func aChangedWeightIsSeen() throws {
    let model = try Sample.signal.train(in: folder)
    let (_, vector) = try export(model)
    var file = try folder.bytes("a.onnx")
    let weight = model.parameters[try #require(model.layout["readout.weight"]).offset]
    let bytes = withUnsafeBytes(of: weight.bitPattern.littleEndian) { Array($0) }
    let place = try #require(file.firstRange(of: bytes))
    file[place.lowerBound + 3] ^= 0x80
    var player = try GraphPlayer(file)
    let (outputs, _) = try play(&player, vector, hidden: 5)
    #expect(vector.difference(outputs) > Double(vector.tolerance))
  }
}
