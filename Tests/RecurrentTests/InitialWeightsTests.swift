import Recurrent
import Storage
import Testing
import Workers

/// How the weights start.
struct InitialWeightsTests {
  static let symbols = 200
  static let hidden = 60

  private func parameters(
    _ initialization: Initialization, seed: UInt64 = 1, cell: String = "lstm", streams: Int = 2,
    workers: Int = 1, symbols: Int = Self.symbols
  ) throws -> [String: [Float]] {
    let description = NetworkDescription(
      input: .symbols(count: symbols, embedding: 40), cell: cell, layers: 2, hidden: Self.hidden,
      outputs: symbols, loss: .crossEntropy, initialization: initialization)
    let network = try Network(
      description, capacity: WindowDimensions(timeSteps: 3, streams: streams),
      pool: WorkerPool(workers: workers))
    let arena = Arena<Float>(count: network.layout.count)
    network.initialize(arena.base, seed: seed)
    let inGaps = Set(0..<network.layout.count).subtracting(
      network.layout.parameters.flatMap(\.range))
    #expect(inGaps.allSatisfy { arena.buffer[$0] == 0 })
    let pairs = network.layout.parameters.map { ($0.name, Array(arena.buffer[$0.range])) }
    return Dictionary(uniqueKeysWithValues: pairs)
  }

  private func moments(_ values: [Float]) -> (mean: Double, variance: Double) {
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    let squares = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (mean, squares / Double(values.count))
  }

  /// Uniform in ±1/√H, and a standard normal embedding.
  @Test func theDefaultIsPyTorchs() throws {
    let range = 1 / Double(Self.hidden).squareRoot()
    for (name, values) in try parameters(Initialization()) {
      let (mean, variance) = moments(values)
      let count = Double(values.count)
      if name == "embedding.weight" {
        // Five standard errors of the mean, 1/√n, and of the variance, √(2/n).
        #expect(abs(mean) < 5 / count.squareRoot())
        #expect(abs(variance - 1) < 5 * (2 / count).squareRoot())
        let tails = Double(values.count { abs($0) > 2 }) / count
        #expect(abs(tails - 0.0455) < 5 * (0.0455 / count).squareRoot())
        let neighbours = zip(values, values.dropFirst()).reduce(0) { $0 + Double($1.0 * $1.1) }
        #expect(abs(neighbours / count) < 5 / count.squareRoot())
        continue
      }
      #expect(values.allSatisfy { abs(Double($0)) <= range * 1.000_001 }, "\(name)")
      #expect(values.contains { abs(Double($0)) > 0.95 * range }, "\(name)")
      #expect(abs(mean) < 5 * range / (3 * count).squareRoot(), "\(name)")
      #expect(
        abs(variance - range * range / 3) < 5 * range * range * (4 / 45 / count).squareRoot(),
        "\(name)")
    }
  }

  @Test func uniformRangeIsThatOfEveryParameter() throws {
    for (name, values) in try parameters(Initialization(uniformRange: 0.08)) {
      #expect(values.allSatisfy { abs($0) <= 0.08 }, "\(name)")
      #expect(values.contains { abs($0) > 0.07 }, "\(name)")
    }
  }

  @Test(arguments: ["elman", "gru", "lstm"])
  func recurrentMatricesAreOrthogonal(_ cell: String) throws {
    let hidden = Self.hidden
    let all = try parameters(Initialization(orthogonalRecurrent: true), cell: cell)
    for layer in 0..<2 {
      let weights = try #require(all["rnn.weight_hh_l\(layer)"]).map(Double.init)
      for gate in 0..<weights.count / (hidden * hidden) {
        let matrix = weights.dropFirst(gate * hidden * hidden).prefix(hidden * hidden)
        let rows = (0..<hidden).map { Array(matrix.dropFirst($0 * hidden).prefix(hidden)) }
        for one in 0..<hidden {
          for other in 0...one {
            let product = zip(rows[one], rows[other]).reduce(0) { $0 + $1.0 * $1.1 }
            // Rounding each element to single precision.
            #expect(abs(product - (one == other ? 1 : 0)) < 1e-6)
          }
        }
      }
    }
    let plain = try parameters(Initialization(), cell: cell)
    #expect(all["rnn.weight_ih_l1"] == plain["rnn.weight_ih_l1"])
    #expect(all["rnn.weight_hh_l0"] != all["rnn.weight_hh_l1"])
  }

  @Test func theForgetBiasIsTheSumOfBothBiases() throws {
    let hidden = Self.hidden
    let plain = try parameters(Initialization())
    let all = try parameters(Initialization(forgetBias: 1.5))
    for layer in 0..<2 {
      let input = try #require(all["rnn.bias_ih_l\(layer)"])
      let own = try #require(all["rnn.bias_hh_l\(layer)"])
      #expect(input[hidden..<2 * hidden].allSatisfy { $0 == 1.5 })
      #expect(own[hidden..<2 * hidden].allSatisfy { $0 == 0 })
      let before = try #require(plain["rnn.bias_ih_l\(layer)"])
      #expect(input[..<hidden] == before[..<hidden])
      #expect(input[(2 * hidden)...] == before[(2 * hidden)...])
    }
    let gru = try parameters(Initialization(forgetBias: 1.5), cell: "gru")
    #expect(try gru == parameters(Initialization(), cell: "gru"))
  }

  @Test func onlySeedAndParameterCount() throws {
    let one = try parameters(Initialization(orthogonalRecurrent: true))
    #expect(
      try parameters(Initialization(orthogonalRecurrent: true), streams: 9, workers: 3) == one)
    for (name, values) in try parameters(Initialization(orthogonalRecurrent: true), seed: 2) {
      #expect(values != one[name], "\(name)")
    }
    #expect(one["rnn.weight_ih_l1"] != one["rnn.weight_hh_l1"])
    #expect(one["rnn.bias_ih_l0"] != one["rnn.bias_hh_l0"])
    #expect(one["rnn.bias_ih_l0"] != one["rnn.bias_ih_l1"])
    // A larger table starts with the smaller one's numbers: each is keyed by its own place.
    let larger = try parameters(Initialization(orthogonalRecurrent: true), symbols: 300)
    let table = try #require(one["embedding.weight"])
    #expect(larger["embedding.weight"]?.prefix(table.count) == table[...])
  }
}
