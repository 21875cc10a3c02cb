import Storage
import Testing

struct ParameterLayoutTests {
  private static func sample() -> ParameterLayout {
    var layout = ParameterLayout()
    layout.append("embedding.weight", shape: [5, 7])
    layout.append("rnn.bias_ih_l0", shape: [16])
    layout.append("scalar", shape: [])
    layout.append("readout.weight", shape: [3, 2, 4])
    return layout
  }

  @Test func parametersFollowOneAnotherOnCacheLines() {
    let layout = Self.sample()
    #expect(layout.parameters.map(\.count) == [35, 16, 1, 24])
    #expect(layout.parameters.map(\.offset) == [0, 48, 64, 80])
    #expect(layout.count == 112)
    #expect(layout.elementCount == 76)
    #expect(layout.parameters.map(\.range) == [0..<35, 48..<64, 64..<65, 80..<104])
  }

  @Test func parametersAreFoundByName() {
    var layout = Self.sample()
    #expect(layout["readout.weight"]?.shape == [3, 2, 4])
    #expect(layout["readout.bias"] == nil)
    let added = layout.append("readout.bias", shape: [3])
    #expect(layout["readout.bias"] == added)
    #expect(added.offset == 112)
  }

  @Test func anEmptyLayoutIsEmpty() {
    #expect(ParameterLayout().count == 0)
    #expect(ParameterLayout().elementCount == 0)
  }

  @Test func aNameIsNotLaidOutTwice() async {
    await #expect(processExitsWith: .failure) {
      var layout = ParameterLayout()
      layout.append("readout.weight", shape: [1])
      layout.append("readout.weight", shape: [2])
    }
  }
}
