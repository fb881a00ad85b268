package io.mooring.device;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@AnalyzeClasses(
    packages = "io.mooring.device",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final int JAVA_17 = 61;

  @ArchTest
  static final ArchRule NO_CYCLES =
      slices().matching("io.mooring.device.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule INTERNALS_DO_NOT_KNOW_THE_API =
      noClasses()
          .that()
          .resideInAPackage("io.mooring.device.internal..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.mooring.device");

  @ArchTest
  static final ArchRule ONE_PACKAGE_KNOWS_THE_WEBSOCKET_LIBRARY =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.mooring.device.internal.transport")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.java_websocket..");

  @Test
  void everyClassRunsOnJava17() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("target/classes"))) {
      List<Path> classes = files.filter(file -> file.toString().endsWith(".class")).toList();
      assertThat(classes).hasSizeGreaterThan(20).allSatisfy(ArchitectureTest::assertJava17);
    }
  }

  private static void assertJava17(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file);
        DataInputStream data = new DataInputStream(in)) {
      assertThat(data.readInt()).isEqualTo(0xCAFEBABE);
      data.readUnsignedShort(); // minor version
      assertThat(data.readUnsignedShort()).isEqualTo(JAVA_17);
    }
  }
}
