import Configuration
import SequenceData

extension DataDescription {
  var predictsSymbols: Bool { vocabulary != nil || sequenceKinds?.predictsNextInput == true }
  func requireSameContent(as trained: DataDescription, configuration: Configuration) throws {}
}
extension InputKind { var words: String { "\(self)" } }
extension TargetKind { var words: String { "\(self)" } }
