package io.mooring.hub.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a caller is told of a body that cannot be taken. */
class JsonTest {
  record Body(
      @Nullable String text,
      @Nullable Integer count,
      @Nullable Double share,
      @Nullable Boolean on,
      @Nullable List<@Nullable String> ids,
      @Nullable Map<String, @Nullable String> tags,
      long least,
      @Nullable Body inner) {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'text':1}            | /text        | Needed: a string, not a number (line 1, column 9).",
        "{'text':{}}           | /text        | Needed: a string, not an object (line 1, column 9).",
        "{'count':'5'}         | /count       | Needed: a whole number, not a string (line 1, column 10).",
        "{'count':1.5}         | /count       | Needed: a whole number, not a number with a fraction (line 1, column 10).",
        "{'count':3000000000}  | /count       | Needed: a whole number from -2147483648 to 2147483647, not one beyond (line 1, column 20).",
        "{'share':true}        | /share       | Needed: a number, not true or false (line 1, column 10).",
        "{'on':1}              | /on          | Needed: true or false, not a number (line 1, column 7).",
        "{'ids':'a'}           | /ids         | Needed: an array, not a string (line 1, column 8).",
        "{'ids':['a',[]]}      | /ids/1       | Needed: a string, not an array (line 1, column 14).",
        "{'tags':[]}           | /tags        | Needed: an object, not an array (line 1, column 9).",
        "{'tags':{'a/b':7}}    | /tags/a~1b   | Needed: a string, not a number (line 1, column 16).",
        "{'least':null}        | /least       | Needed: a whole number, not null (line 1, column 10).",
        "{'inner':{'on':'no'}} | /inner/on    | Needed: true or false, not a string (line 1, column 16).",
        "{'inner':7}           | /inner       | Needed: an object, not a number (line 1, column 10).",
        "[]                    | ``           | Needed: an object, not an array (line 1, column 1).",
        "``                    | ``           | Needed: an object; there is nothing (line 1, column 0).",
        "null                  | ``           | The body must be a JSON object, not null.",
        "{'inner':{'no':1}}    | /inner/no    | No such field here; there are: count, ids, inner, least, on, share, tags, text.",
        "{'text':'a','text':1} | /text        | This field is there twice (line 1, column 19).",
        "{'inner':{'on':true,'on':false}} | /inner/on | This field is there twice (line 1, column 25).",
        "{'count':'5',         | /count       | Needed: a whole number (line 1, column 10).",
        "{'count':             | ``           | The body is not valid JSON (line 1, column 10).",
      })
  void namesThePlaceWhatIsNeededAndWhatIsThere(String body, String pointer, String detail) {
    byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> Json.body(bytes, Body.class));
    assertThat(refusal.problem().errors()).containsExactly(new Problem.Fault(pointer, detail));
  }

  /** As far as each can be told without the others; an array's places keep their numbers. */
  @Test
  void namesAllThatIsWrong() {
    String body =
        "{'text':1,'no':2,'ids':['a',[],{}],'tags':{'a':1,'b':'c'},'inner':{'on':1,'least':2}}";
    byte[] bytes = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    Faults faults = new Faults();
    Body read = Json.body(bytes, 0, bytes.length, Body.class, faults);
    assertThat(faults.refusal().problem().errors())
        .extracting(Problem.Fault::pointer)
        .containsExactlyInAnyOrder("/text", "/no", "/ids/1", "/ids/2", "/tags/a", "/inner/on");
    assertThat(read.tags()).containsOnly(Map.entry("b", "c"));
    assertThat(read.ids()).containsExactly("a", null, null);
  }

  @Test
  void namesSomeWhereNearlyAllIsWrong() {
    StringBuilder body = new StringBuilder("{");
    for (int i = 0; i < 1_000; i++) {
      body.append("\"no").append(i).append("\":1,");
    }
    byte[] bytes = body.append("\"count\":1}").toString().getBytes(StandardCharsets.UTF_8);
    Refusal refusal = catchThrowableOfType(Refusal.class, () -> Json.body(bytes, Body.class));
    assertThat(refusal.problem().errors()).hasSize(Faults.MOST);
  }
}
