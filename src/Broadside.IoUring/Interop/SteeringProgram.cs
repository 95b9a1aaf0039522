using System.Runtime.InteropServices;

namespace Broadside.IoUring.Interop;

/// <summary>
/// A classic BPF program that chooses a socket of an <c>SO_REUSEPORT</c> group by the processor it runs on, which is the one that
/// received the packet (socket(7), <c>SO_ATTACH_REUSEPORT_CBPF</c>; Documentation/networking/filter.rst). Needs no privilege.
/// </summary>
internal static unsafe class SteeringProgram
{
    // BPF_LD | BPF_W | BPF_ABS of an ancillary datum, BPF_JMP | BPF_JEQ | BPF_K, BPF_RET | BPF_K.
    private const ushort Load = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort Return = 0x06;

    // SKF_AD_OFF + SKF_AD_CPU.
    private const uint Processor = unchecked((uint)(-0x1000 + 36));

    // No socket's place: the kernel then takes the hash (reuseport_select_sock).
    private const uint Nowhere = uint.MaxValue;

    // BPF_MAXINSNS, of which each processor takes two.
    private const int MaximumLength = 4096;

    /// <summary>Replaces the program of a socket's whole group.</summary>
    /// <param name="socket">Any listening socket of the group.</param>
    /// <param name="processors">For each socket of the group, in its order, the processor it is for; null for none.</param>
    /// <returns>A negative error number where the kernel refuses.</returns>
    public static int Attach(int socket, ReadOnlySpan<int?> processors)
    {
        var program = Compile(processors);
        fixed (Instruction* pointer = program)
        {
            var header = new Header { Length = (ushort)program.Length, Instructions = pointer };
            return SystemCalls.SetOption(socket, SocketOption.LevelSocket, SocketOption.AttachReusePortFilter, &header, sizeof(Header));
        }
    }

    private static Instruction[] Compile(ReadOnlySpan<int?> processors)
    {
        var program = new List<Instruction> { new(Load, 0, Processor) };
        for (var place = 0; place < processors.Length && program.Count < MaximumLength - 2; place++)
        {
            if (processors[place] is { } processor)
            {
                program.Add(new(JumpIfEqual, 1, (uint)processor));
                program.Add(new(Return, 0, (uint)place));
            }
        }

        program.Add(new(Return, 0, Nowhere));
        return [.. program];
    }

    /// <summary><c>struct sock_filter</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Instruction(ushort code, byte skipIfFalse, uint constant)
    {
        public readonly ushort Code = code;
        public readonly byte SkipIfTrue;
        public readonly byte SkipIfFalse = skipIfFalse;
        public readonly uint Constant = constant;
    }

    /// <summary><c>struct sock_fprog</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public ushort Length;
        public Instruction* Instructions;
    }
}
