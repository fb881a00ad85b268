package io.mooring.hub.config;

/**
 * A setting as it is in force.
 *
 * @param value as written; a mask for secrets; empty when not set
 * @param origin {@code default}, {@code file NAME}, {@code environment NAME}, {@code option} or
 *     {@code not set}
 */
public record SettingInForce(Setting<?> setting, String value, String origin) {
  public String key() {
    return setting.key();
  }
}
