package io.mooring.hub.rules;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.util.List;
import java.util.regex.Pattern;

/** The rules, for any root package, so that a test can show each of them failing. */
final class ArchitectureRules {
  /**
   * Lowest first. A package may use those of the lines above its own and nothing else: neighbours
   * on one line do not know each other. The root package, with Main, is on top of all.
   */
  private static final List<List<String>> LAYERS =
      List.of(
          List.of("config", "secret", "client"),
          List.of("ops", "wire", "db", "tls"),
          List.of("audit", "admission"),
          List.of("device", "access", "cluster"),
          List.of("event"),
          List.of("telemetry", "command", "presence", "webhook"),
          List.of("session", "job"),
          List.of("gateway", "web"),
          List.of("app"),
          List.of("demo"),
          List.of("cli"),
          List.of(""));

  /** Classes that hold SQL, by their names; a table whose plural says it all keeps that name. */
  private static final Pattern STORE =
      Pattern.compile(
          ".*(Store|Queries|Writes)|ApiKeys|Users|UserPasswords|UserSessions|DeviceTokens|DeviceCertificates"
              + "|DeviceAuthenticator|Partitions|LayoutLink|Retention|NodeLease");

  private final String root;

  ArchitectureRules(String root) {
    this.root = root;
  }

  List<ArchRule> all() {
    return List.of(
        layersPointDownwards(),
        noCycles(),
        jettyAtTheEdge(),
        sqlInStores(),
        protobufInWire(),
        noSleep());
  }

  ArchRule layersPointDownwards() {
    return ArchRuleDefinition.classes()
        .that()
        .resideInAPackage(root + "..")
        .should(
            new ArchCondition<>("use only packages of lower layers") {
              @Override
              public void check(JavaClass from, ConditionEvents events) {
                for (Dependency dependency : from.getDirectDependenciesFromSelf()) {
                  String to = dependency.getTargetClass().getPackageName();
                  String own = from.getPackageName();
                  if ((to + ".").startsWith(root + ".")
                      && !segment(to).equals(segment(own))
                      && layer(to) >= layer(own)) {
                    events.add(SimpleConditionEvent.violated(from, dependency.getDescription()));
                  }
                }
                if (layer(from.getPackageName()) < 0) {
                  events.add(
                      SimpleConditionEvent.violated(
                          from, from.getPackageName() + " has no layer: give it one here"));
                }
              }
            });
  }

  private String segment(String packageName) {
    if (packageName.equals(root)) {
      return "";
    }
    String rest = packageName.substring(root.length() + 1);
    int dot = rest.indexOf('.');
    return dot < 0 ? rest : rest.substring(0, dot);
  }

  private int layer(String packageName) {
    for (int i = 0; i < LAYERS.size(); i++) {
      if (LAYERS.get(i).contains(segment(packageName))) {
        return i;
      }
    }
    return -1;
  }

  ArchRule noCycles() {
    return slices().matching(root + ".(**)").should().beFreeOfCycles();
  }

  ArchRule jettyAtTheEdge() {
    return noClasses()
        .that()
        .resideOutsideOfPackages(
            root + ".gateway..", root + ".web..", root + ".webhook..", root + ".app..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.eclipse.jetty..");
  }

  ArchRule sqlInStores() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(root + ".db..")
        .and(
            DescribedPredicate.describe(
                "are no stores (*Store, *Queries, *Writes)",
                (JavaClass c) -> !STORE.matcher(outermost(c).getSimpleName()).matches()))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.sql..", "org.postgresql..");
  }

  private static JavaClass outermost(JavaClass c) {
    return c.getEnclosingClass().map(ArchitectureRules::outermost).orElse(c);
  }

  ArchRule protobufInWire() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(root + ".wire..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.mooring.protocol..", "com.google.protobuf..");
  }

  ArchRule noSleep() {
    return noClasses()
        .should()
        .callMethodWhere(
            DescribedPredicate.describe(
                "it is Thread.sleep",
                call ->
                    call.getTargetOwner().isEquivalentTo(Thread.class)
                        && call.getName().equals("sleep")));
  }
}
