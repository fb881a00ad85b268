package io.mooring.bench.scenario;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for.
 *
 * @param hub {@code bin/hub}, with nothing left to build
 * @param seconds of a round's main phase; 0: as long as usual
 * @param rounds of hub and floor in turns; 0: as many as usual
 * @param devices 0: as many as the scenario usually has
 * @param nodes hubs on the database
 * @param jfr where recordings go; null: none are made
 */
public record Options(
    Path hub, int seconds, int rounds, int devices, int nodes, @Nullable Path jfr) {}
