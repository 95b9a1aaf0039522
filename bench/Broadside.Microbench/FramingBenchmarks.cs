using System.Buffers;
using System.Buffers.Binary;
using BenchmarkDotNet.Attributes;

namespace Broadside.Microbench;

/// <summary>Finding the records in a receive buffer full of them.</summary>
[MemoryDiagnoser]
public class FramingBenchmarks
{
    private const int Records = 512;

    private readonly IRecordFramer _prefixed = Framers.LengthPrefixed(4);
    private readonly IRecordFramer _commands = Framers.RespCommands();
    private ReadOnlySequence<byte> _prefixedBytes;
    private ReadOnlySequence<byte> _commandBytes;

    [GlobalSetup]
    public void Fill()
    {
        var prefixed = new byte[100];
        BinaryPrimitives.WriteInt32BigEndian(prefixed, prefixed.Length - sizeof(int));
        _prefixedBytes = Repeat(prefixed);
        _commandBytes = Repeat("*3\r\n$3\r\nSET\r\n$8\r\nkey:0001\r\n$16\r\n0123456789abcdef\r\n"u8.ToArray());
    }

    [Benchmark(OperationsPerInvoke = Records)]
    public int LengthPrefixed() => Frame(_prefixed, _prefixedBytes);

    [Benchmark(OperationsPerInvoke = Records)]
    public int RespCommands() => Frame(_commands, _commandBytes);

    private static int Frame(IRecordFramer framer, ReadOnlySequence<byte> bytes)
    {
        var state = default(FramerState);
        var count = 0;
        while (!bytes.IsEmpty && framer.TryFrame(bytes, ref state) is { Status: FrameStatus.Complete, Count: var length })
        {
            bytes = bytes.Slice(length);
            state = default;
            count++;
        }

        return count == Records ? count : throw new InvalidOperationException($"{count} records.");
    }

    private static ReadOnlySequence<byte> Repeat(byte[] record) => new([.. Enumerable.Repeat(record, Records).SelectMany(bytes => bytes)]);
}
