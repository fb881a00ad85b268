package io.mooring.device;

/** Makes texts of a program such that a hub takes them. */
final class Texts {
  private Texts() {}

  /** The beginning, of so many bytes in UTF-8 at the most; cut between characters. */
  static String cut(String text, int maxBytes) {
    int bytes = 0;
    for (int i = 0; i < text.length(); ) {
      int codePoint = text.codePointAt(i);
      bytes += codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
      if (bytes > maxBytes) {
        return text.substring(0, i);
      }
      i += Character.charCount(codePoint);
    }
    return text;
  }

  /** With a space in place of each control character. */
  static String printable(String text) {
    StringBuilder printable = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        printable.setCharAt(i, ' ');
      }
    }
    return printable.toString();
  }
}
