/// A cell type's constants, read once.
struct CellTraits: Sendable {
  let keepsMemory: Bool
  let separatesRecurrentSums: Bool
  let savedVectors: Int
  let passesHidden: Bool

  init(_ cell: any RecurrentCell.Type) {
    keepsMemory = cell.keepsMemory
    separatesRecurrentSums = cell.separatesRecurrentSums
    savedVectors = cell.savedVectors
    passesHidden = cell.passesHidden
  }
}
