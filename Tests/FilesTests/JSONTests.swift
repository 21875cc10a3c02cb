import Files
import Testing

struct JSONTests {
  struct Numbers: Codable, Equatable {
    var values: [Double]
    var note: String?
  }

  @Test func everyNumberComesBack() throws {
    let numbers = Numbers(values: [
      0, -0.0, 1e-300, .greatestFiniteMagnitude, .infinity, -.infinity,
    ])
    #expect(JSON.value(Numbers.self, from: JSON.line(numbers).utf8) == numbers)
    #expect(JSON.value(Numbers.self, from: JSON.pretty(numbers).utf8) == numbers)
  }

  @Test func notANumberComesBack() throws {
    let text = JSON.line(Numbers(values: [.nan]))
    #expect(text == "{\"values\":[\"nan\"]}\n")
    let back = try #require(JSON.value(Numbers.self, from: text.utf8))
    #expect(back.values[0].isNaN)
  }

  @Test func anotherTypeIsNone() {
    #expect(JSON.value(Numbers.self, from: "{\"values\": 3}".utf8) == nil)
    #expect(JSON.value(Numbers.self, from: "{".utf8) == nil)
  }
}
