import Storage

/// How sums that are there for some subtrees of leaves become sums of larger ones.
///
/// Every sum has a *place*. Two that make up a subtree are added in the place of the left one; what is
/// left over are the *roots*, the largest subtrees that can be had of these sums.
package struct TreeSums: Sendable {
  /// An addition: the right sum to the left one.
  package struct Addition: Sendable, BitwiseCopyable, Equatable {
    package let left: Int
    package let right: Int
  }

  /// The additions, each after those that it needs.
  package private(set) var additions: [Addition] = []
  /// The subtrees that remain, in order, and their places.
  package private(set) var roots: [(leaves: Range<Int>, place: Int)] = []

  /// The sums of these subtrees, each at its own place, in a tree of `leafCount` leaves.
  package init(_ places: [Range<Int>: Int], leafCount: Int) {
    if let place = sum(0..<leafCount, places) { roots.append((0..<leafCount, place)) }
  }

  /// The place of a subtree's sum; nil where it cannot be had as a whole.
  private mutating func sum(_ leaves: Range<Int>, _ places: [Range<Int>: Int]) -> Int? {
    if let place = places[leaves] { return place }
    guard leaves.count > 1 else { return nil }
    let middle = leaves.lowerBound + leaves.count / 2
    let left = sum(leaves.lowerBound..<middle, places)
    let leftEnd = roots.count
    let right = sum(middle..<leaves.upperBound, places)
    switch (left, right) {
    case (let left?, let right?):
      additions.append(Addition(left: left, right: right))
      return left
    case (let left?, nil):
      roots.insert((leaves.lowerBound..<middle, left), at: leftEnd)
    case (nil, let right?):
      roots.append((middle..<leaves.upperBound, right))
    case (nil, nil):
      break
    }
    return nil
  }
}
