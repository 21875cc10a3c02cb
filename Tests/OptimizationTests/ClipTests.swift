import Optimization
import Testing

struct ClipTests {
  @Test func smallNormsPassUnchanged() throws {
    let clip = try ClipByGlobalNorm(limit: 5)
    #expect(clip.coefficient(norm: 0) == 1)
    #expect(clip.coefficient(norm: 4.9) == 1)
    #expect(clip.coefficient(norm: 10) == 5 / 10.000001)
  }

  @Test func chainsKnowTheirMoments() throws {
    let chain = OptimizerChain(
      [try ClipByGlobalNorm(limit: 1), try RMSprop(momentum: 0.5, centered: true)],
      parameterCount: 3)
    #expect(chain.momentNames == ["square_avg", "grad_avg", "momentum_buffer"])
    #expect(chain.momentCount == 3)
  }
}
