package io.mooring.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Layers point downwards, and each foreign library stays in its place. */
class ArchitectureTest {
  private static final JavaClasses HUB =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.mooring.hub");

  @Test
  void theHubKeepsEveryRule() {
    assertThat(HUB).isNotEmpty();
    for (ArchRule rule : new ArchitectureRules("io.mooring.hub").all()) {
      rule.check(HUB);
    }
  }

  /** Package io.mooring.fixture breaks every rule once; this shows that the rules can fail. */
  @Test
  void everyRuleCanFail() {
    JavaClasses bad = new ClassFileImporter().importPackages("io.mooring.fixture");
    ArchitectureRules rules = new ArchitectureRules("io.mooring.fixture");
    assertFails(rules.layersPointDownwards(), bad, "config.Upwards", "elsewhere has no layer");
    assertFails(rules.layersPointDownwards(), bad, "web.Neighbour");
    assertFails(rules.noCycles(), bad, "Cycle detected");
    assertFails(rules.jettyAtTheEdge(), bad, "config.Upwards");
    assertFails(rules.sqlInStores(), bad, "web.Neighbour");
    assertFails(rules.protobufInWire(), bad, "web.Neighbour");
    assertFails(rules.noSleep(), bad, "web.Neighbour");
  }

  private static void assertFails(ArchRule rule, JavaClasses classes, String... named) {
    assertThat(rule.evaluate(classes).getFailureReport().toString()).contains(named);
  }
}
