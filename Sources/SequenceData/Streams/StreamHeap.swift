/// The streams of a minibatch ordered by their length so far, ties by the lower number: a binary
/// min-heap that deals sequences in O(log streams).
struct StreamHeap {
  private struct Entry {
    var length: Int
    let stream: Int

    func precedes(_ other: Entry) -> Bool {
      length != other.length ? length < other.length : stream < other.stream
    }
  }

  // Empty streams in the order of their numbers are a heap already.
  private var entries: [Entry]

  init(streams: Int) {
    entries = (0..<streams).map { Entry(length: 0, stream: $0) }
  }

  /// Gives a sequence to the shortest stream; returns the stream and the position where the
  /// sequence starts in it.
  mutating func deal(timeSteps: Int) -> (stream: Int, position: Int) {
    let shortest = entries[0]
    entries[0].length += timeSteps
    siftDown()
    return (shortest.stream, shortest.length)
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var first = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < entries.count && entries[child].precedes(entries[first]) {
        first = child
      }
      guard first != parent else { return }
      entries.swapAt(first, parent)
      parent = first
    }
  }
}
