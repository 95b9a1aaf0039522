using System.Text;

namespace Broadside.NetStack.Simulation.Paths;

/// <summary>Puts a name before each line.</summary>
internal sealed class PrefixWriter(string prefix, TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    public override void WriteLine(StringBuilder? value)
    {
        inner.Write(prefix);
        inner.Write(' ');
        inner.WriteLine(value);
    }
}
