// What a request to the die is for, and whether the die refuses it at its door.
// Meaning: DieInterconnect::transport; addresses: DieAddress.
module pim_die_decode #(
    parameter int Banks    = 16,
    parameter int RamBytes = 65536  // capacity of DieRAM, which bounds a transfer
) (
    input  logic [Banks-1:0] present_i,
    input  logic             write_i,
    input  logic [     56:0] addr_i,
    input  logic [     31:0] bytes_i,    // gather: of each bank
    // exactly one of the four, unless refused
    output logic             bell_o,     // to the banks' command registers
    output logic             register_o, // to the die's own
    output logic             in_o,       // data to banks or DieRAM
    output logic             out_o,      // data from banks or DieRAM
    output logic             ram_o,      // in, out: DieRAM is meant, not banks
    output logic             single_o,   // in, out: one device by its own address
    output logic [Banks-1:0] mask_o,
    output logic [     31:0] offset_o,   // belongs each bank, or belongs DieRAM
    output logic [      2:0] error_o     // not 0: refused
);
  `include "pim_abi.svh"

  logic [31:0] broadcast_mask, present;
  logic [2:0] window;
  logic [21:0] unit;  // 0: the die's own devices, else a bank's number plus one
  logic [Banks-1:0] unit_mask;
  logic [31:0] ram_offset;
  logic known, to_all, to_one, to_die, inside_ram;

  assign broadcast_mask = addr_i[DieMaskShift+:32];
  assign present        = 32'(present_i);
  assign unit           = addr_i[53:DieBankShift];
  assign ram_offset     = addr_i[31:0] - 32'(DieRamBase);
  // The subtraction wraps below DieRAM, to what no DieRAM holds.
  assign inside_ram = ram_offset < 32'(RamBytes) && bytes_i <= 32'(RamBytes) - ram_offset;

  always_comb begin
    unit_mask = '0;
    for (int b = 0; b < Banks; b++) unit_mask[b] = unit == 22'(b + 1);
  end

  assign window  = addr_i[56:DieWindowShift];
  assign to_all  = window == 3'(DieBroadcast) || window == 3'(DieGather);
  assign to_die  = window == 3'(DieDevices) && unit == '0;
  assign to_one  = window == 3'(DieDevices) && unit != '0;
  assign known  = to_all ? broadcast_mask != '0 && (broadcast_mask & ~present) == '0
                         : to_die || (to_one && (unit_mask & present_i) != '0);

  assign mask_o   = to_all ? broadcast_mask[Banks-1:0] : unit_mask;
  assign offset_o = to_all ? 32'(addr_i[DieMaskShift-1:0]) : to_die && !register_o ? ram_offset : addr_i[31:0];

  assign register_o = to_die && addr_i[31:0] < 32'(DieRegisterBytes);
  assign ram_o      = to_die && !register_o;
  assign single_o   = !to_all;
  assign bell_o     = !to_die && write_i && offset_o < 32'(BankRegisterBytes);
  assign in_o       = write_i && !register_o && !bell_o;
  assign out_o      = !write_i && !register_o;

  always_comb begin
    error_o = 3'(ErrorNone);
    if (!known) error_o = 3'(ErrorAddress);
    else if (to_all && write_i != (window == 3'(DieBroadcast))) error_o = 3'(ErrorCommand);
    else if (!register_o && bytes_i == '0) error_o = 3'(ErrorBurst);
    else if ((to_all || bell_o) && bytes_i > 32'(RamBytes)) error_o = 3'(ErrorBurst);
    else if (ram_o && !inside_ram) error_o = 3'(ErrorAddress);
  end
endmodule
