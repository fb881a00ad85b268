package io.mooring.hub.access;

/** Somebody who signs in to the admin page. */
public record Operator(String name, Role role) {}
