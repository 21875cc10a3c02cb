import Communication
import Testing

/// What Open MPI has loaded, and what of it carries messages.
@Suite struct MessageCarrierTests {
  @Test func theChosenCarrierHasItsOwnKindOfLinks() throws {
    let loaded = "pml_base btl_base btl_vader btl_tcp btl_self mtl_base mtl_ofi "
    let usual = try #require(MessageCarrier(components: loaded + "pml_ob1 "))
    #expect(usual.component == "ob1" && usual.links == ["self", "tcp", "vader"])
    #expect(usual.words == "ob1 over self, tcp, vader")
    let matching = try #require(MessageCarrier(components: "pml_cm " + loaded))
    #expect(matching.words == "cm over ofi")
    let whole = try #require(MessageCarrier(components: loaded + "pml_ucx "))
    #expect(whole.links.isEmpty && whole.words == "ucx")
  }

  /// Nothing is better than a guess.
  @Test(arguments: ["", "btl_tcp ", "pml_base ", "pml_ob1 pml_ucx btl_tcp "])
  func withoutOneCarrierNothingIsTold(components: String) {
    #expect(MessageCarrier(components: components) == nil)
  }

  @Test(
    arguments: [
      ("pml_ob1 btl_self btl_tcp btl_vader ", true), ("pml_ob1 btl_openib btl_tcp ", false),
      ("pml_ob1 btl_self btl_vader ", false), ("pml_ucx btl_tcp ", false),
      ("pml_cm mtl_psm2 btl_tcp ", false),
    ])
  func onlyTCPIsTold(components: String, isOnlyTCP: Bool) throws {
    let carrier = try #require(MessageCarrier(components: components))
    #expect(carrier.isOnlyTCP == isOnlyTCP)
  }
}
