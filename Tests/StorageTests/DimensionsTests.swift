import Storage
import Testing

struct DimensionsTests {
  @Test func productsOfAxes() {
    #expect(WindowDimensions(timeSteps: 20, streams: 3).rows == 60)
    #expect(WindowDimensions(timeSteps: 20, streams: 0).rows == 0)
    #expect(LayerDimensions(input: 5, hidden: 7, gates: 4).gateWidth == 28)
  }
}
