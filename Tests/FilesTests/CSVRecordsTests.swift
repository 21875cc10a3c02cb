import Files
import Testing

/// Small tables as RFC 4180 has them.
struct CSVRecordsTests {
  @Test func fieldsMayHoldWhatEndsThem() {
    let text = "a,b\r\n\"1,\"\"2\"\"\",\"x\ny\"\r\n\r\n,\n\"\",\"\"z"
    let expected = [["a", "b"], ["1,\"2\"", "x\ny"], ["", ""], ["", "z"]]
    #expect(CSVRecords.parse(text) == expected)
    #expect(CSVRecords.parse("") == [])
    #expect(CSVRecords.parse("\n\n") == [])
    #expect(CSVRecords.parse("a\n") == [["a"]])
  }

  @Test func anOpenQuoteIsNoTable() {
    #expect(CSVRecords.parse("a,\"b\n") == nil)
  }
}
