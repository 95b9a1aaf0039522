using System.Globalization;
using System.Net;
using Broadside.PacketScripts.Parsing;

namespace Broadside.PacketScripts.Running;

/// <summary>A system call's arguments by place. What is not there or not of the form needed says so.</summary>
internal sealed class CallArguments(SystemCall call, int line)
{
    /// <summary>The most bytes a call may read or write.</summary>
    private const int MaximumLength = 1 << 28;

    public SystemCall Call => call;

    public int Count => call.Arguments.Count;

    public Expression this[int index] => index < call.Arguments.Count ? call.Arguments[index]
        : throw new FormatException($"argument {(index + 1).ToString(CultureInfo.InvariantCulture)} is missing");

    public long Number(int index) => ScriptConstants.Evaluate(this[index]);

    /// <summary>The flags at a place; none if the call has not so many arguments.</summary>
    public long FlagsAt(int index) => index < Count ? Number(index) : 0;

    public int Length(int index) => CheckedLength(Number(index));

    /// <summary>A number of bytes, within what a test needs.</summary>
    public static int CheckedLength(long length) =>
        length is >= 0 and <= MaximumLength ? (int)length : throw new FormatException($"{length} is no length");

    /// <summary>An endpoint written out; null for "...".</summary>
    public IPEndPoint? Endpoint(int index)
    {
        if (index >= Count || this[index] is EllipsisExpression or WordExpression { Name: "NULL" } or IntegerExpression { Value: 0 })
        {
            return null;
        }

        return this[index] is StructureExpression address
            && address.Field("sin_port") is { } port
            && address.Field("sin_addr") is CallExpression { Arguments: [StringExpression text] }
            && IPAddress.TryParse(text.Text, out var parsed)
            ? new(parsed, (ushort)ScriptConstants.Evaluate(port))
            : throw Unsupported($"the address {this[index]}");
    }

    public ScriptUnsupportedException Unsupported(string what) => new(line, what);
}
