using System.Runtime.InteropServices;

namespace Broadside.NetStack.Devices.Interop;

/// <summary>Commands of bpf(2) (<c>enum bpf_cmd</c>), those in use.</summary>
internal enum BpfCommand
{
    CreateMap = 0,
    UpdateElement = 2,
    LoadProgram = 5,
    CreateLink = 28,
}

/// <summary>The beginning of <c>union bpf_attr</c> as <see cref="BpfCommand.CreateMap"/> reads it.</summary>
internal struct BpfMapAttributes
{
    public uint Type;
    public uint KeyLength;
    public uint ValueLength;
    public uint EntryLimit;
}

/// <summary>The same as <see cref="BpfCommand.UpdateElement"/> reads it.</summary>
internal unsafe struct BpfElementAttributes
{
    public uint Map;
    public uint Padding;
    public void* Key;
    public void* Value;
    public ulong Flags;
}

/// <summary>The same as <see cref="BpfCommand.LoadProgram"/> reads it.</summary>
[StructLayout(LayoutKind.Explicit, Size = 72)]
internal unsafe struct BpfProgramAttributes
{
    [FieldOffset(0)]
    public uint Type;

    [FieldOffset(4)]
    public uint InstructionCount;

    [FieldOffset(8)]
    public BpfInstruction* Instructions;

    [FieldOffset(16)]
    public byte* License;

    [FieldOffset(68)]
    public uint AttachType;
}

/// <summary>The same as <see cref="BpfCommand.CreateLink"/> reads it.</summary>
internal struct BpfLinkAttributes
{
    public uint Program;
    public uint Interface;
    public uint AttachType;
    public uint Flags;
}

/// <summary><c>struct bpf_insn</c> (RFC 9669 section 3).</summary>
internal struct BpfInstruction(byte opcode, int destination = 0, int source = 0, short offset = 0, int immediate = 0)
{
    public byte Opcode = opcode;
    public byte Registers = (byte)(destination | (source << 4));
    public short Offset = offset;
    public int Immediate = immediate;
}
