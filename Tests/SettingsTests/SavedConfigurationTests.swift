import Settings
import Testing

/// What an earlier version took and kept can still be read, though it is refused now.
@Suite struct SavedConfigurationTests {
  @Test(arguments: [
    smallest + "\nmodel: {dropout: 0.5}", smallest + "\nname: a/b",
    """
    data: {kind: text, train: /a, validation_fraction: 0}
    training: {epochs: 2, patience: 3}
    """,
  ])
  func whatHasNoEffectIsNoFault(yaml: String) throws {
    #expect(failure(yaml) != nil)
    _ = try Configuration(saved: yaml, path: "/x/config.yaml")
  }

  @Test func contradictionsStayFaults() {
    #expect(throws: ConfigurationError.self) {
      _ = try Configuration(saved: smallest + "\nloss: mean-squared-error", path: "/x/config.yaml")
    }
  }
}
