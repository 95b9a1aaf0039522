using System.Buffers.Binary;
using System.Text;

namespace Broadside.Conformance.Engine.Harness;

/// <summary>Every framer with records for it: each number makes one.</summary>
public static class FramerCases
{
    public static Dictionary<string, (IRecordFramer Framer, Func<int, byte[]> Make)> All { get; } = new()
    {
        ["length 1"] = (Framers.LengthPrefixed(1), number => [(byte)(number % 200), .. Fill(number % 200)]),
        ["length 2 little endian"] = (Framers.LengthPrefixed(2, littleEndian: true), number => [(byte)number, 1, .. Fill(256 + (byte)number)]),
        ["length 4"] = (Framers.LengthPrefixed(4), number => Prefixed(number * 7)),
        ["length 8, counted"] = (Framers.LengthPrefixed(8, lengthIncludesPrefix: true), number => [0, 0, 0, 0, 0, 0, 0, (byte)(8 + number), .. Fill(number)]),
        ["varint"] = (Framers.VarintPrefixed(), number => [(byte)(0x80 | number), 2, .. Fill(256 + number)]),
        ["lines"] = (Framers.Lines(), number => Encoding.ASCII.GetBytes($"line {new string('x', number * 11)}\r\n")),
        ["delimiter"] = (Framers.Delimited("--end--"u8), number => Encoding.ASCII.GetBytes($"{new string('-', number)}e--end-{number}--end--")),
        ["fixed"] = (Framers.FixedSize(333), _ => Fill(333)),
        ["resp"] = (Framers.Resp(), number => Encoding.ASCII.GetBytes($"*2\r\n$3\r\nfoo\r\n${number}\r\n{new string('y', number)}\r\n")),
        ["commands"] = (Framers.RespCommands(), number => Encoding.ASCII.GetBytes($"*2\r\n$4\r\nECHO\r\n${number}\r\n{new string('z', number)}\r\n")),
    };

    private static byte[] Fill(int length)
    {
        var bytes = new byte[length];
        Pattern.Fill(bytes, length);
        return bytes;
    }

    private static byte[] Prefixed(int length)
    {
        var record = new byte[4 + length];
        BinaryPrimitives.WriteInt32BigEndian(record, length);
        return record;
    }
}
