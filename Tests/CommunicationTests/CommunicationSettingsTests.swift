import Communication
import Testing

@Suite struct CommunicationSettingsTests {
  @Test(
    arguments: [
      (["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_RANK": "1", "PMIX_RANK": "1"], 4),
      (["PMI_SIZE": "2", "PMI_RANK": "0"], 2),
      (["MV2_COMM_WORLD_SIZE": "8"], 8),
      (["PMIX_RANK": "3", "SLURM_STEP_NUM_TASKS": "4"], nil),
      (["PALS_RANKID": "0"], nil),
    ] as [([String: String], Int?)])
  func launchersAreRecognised(environment: [String: String], ranks: Int?) throws {
    let settings = try CommunicationSettings(environment: environment)
    #expect(settings.isLaunched)
    #expect(settings.launchedRanks == ranks)
  }

  @Test func aSlurmStepAloneIsNoMPILauncher() throws {
    let settings = try CommunicationSettings(
      environment: ["SLURM_STEP_NUM_TASKS": "4", "SLURM_PROCID": "2"])
    #expect(!settings.isLaunched)
    #expect(settings.slurmTasks == 4)
  }

  @Test func debuggingOverridesAreRead() throws {
    let usual = try CommunicationSettings(environment: [:])
    #expect(usual.isSharedMemoryAllowed)
    #expect(usual.ranksPerNode == nil)
    let settings = try CommunicationSettings(
      environment: ["UNFOLD_SHARED_MEMORY": "off", "UNFOLD_RANKS_PER_NODE": "2"])
    #expect(!settings.isSharedMemoryAllowed)
    #expect(settings.ranksPerNode == 2)
  }

  @Test(arguments: [
    ("UNFOLD_SHARED_MEMORY", "maybe"), ("UNFOLD_RANKS_PER_NODE", "0"),
    ("UNFOLD_RANKS_PER_NODE", "two"), ("UNFOLD_RANKS_PER_NODE", "99999999999"),
  ])
  func aMeaninglessSettingIsNamed(name: String, value: String) throws {
    let error = try #require(throws: CommunicationError.self) {
      _ = try CommunicationSettings(environment: [name: value])
    }
    #expect(error.description.contains(name))
    #expect(error.description.contains("`\(value)`"))
  }
}
