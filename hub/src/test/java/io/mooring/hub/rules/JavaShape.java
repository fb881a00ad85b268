package io.mooring.hub.rules;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** What the compiler's own parser sees in a Java file. */
record JavaShape(List<Method> methods, List<Constant> constants) {
  record Method(String name, long line, long lines) {}

  /** A field or enum constant with the text that makes it. */
  record Constant(String name, String text) {}

  static JavaShape of(String source) {
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///A.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    JavacTask task =
        (JavacTask)
            ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, d -> {}, List.of("-proc:none"), null, List.of(file));
    List<Method> methods = new ArrayList<>();
    List<Constant> constants = new ArrayList<>();
    try {
      for (CompilationUnitTree unit : task.parse()) {
        scan(unit, Trees.instance(task).getSourcePositions(), methods, constants);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new JavaShape(methods, constants);
  }

  private static void scan(
      CompilationUnitTree unit,
      SourcePositions positions,
      List<Method> methods,
      List<Constant> constants) {
    LineMap lines = unit.getLineMap();
    new TreeScanner<@Nullable Void, @Nullable Void>() {
      @Override
      public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
        long first = lines.getLineNumber(positions.getStartPosition(unit, method));
        long last = lines.getLineNumber(positions.getEndPosition(unit, method));
        methods.add(new Method(method.getName().toString(), first, last - first + 1));
        return super.visitMethod(method, null);
      }

      @Override
      public @Nullable Void visitVariable(VariableTree variable, @Nullable Void nothing) {
        if (variable.getInitializer() != null) {
          constants.add(
              new Constant(variable.getName().toString(), variable.getInitializer().toString()));
        }
        return super.visitVariable(variable, null);
      }
    }.scan(unit, null);
  }
}
