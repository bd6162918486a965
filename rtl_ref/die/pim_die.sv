`include "pim_assert.svh"
// A die's interconnect: the link to the Controller, DieRAM, broadcast to a mask of banks, gather from them, and doorbells
// beside the data.
//
// Time: a transfer whose request is taken with edge c, of L beats for the link and P slots for the DieRAM port, has
// arrived with edge c + max(L, end of P) + Hop; the next one of its direction may begin with the edge with which the
// last beat of this one passes. A refused request costs nothing. A doorbell takes Hop cycles.
// Meaning: DieInterconnect with whole beats (DieParameters::beatBytes = LinkWidth).
//
// A partner that is not ready holds the whole die: then no time passes for it.
module pim_die #(
    parameter int Banks     = 16,
    parameter int LinkWidth = 32,     // bytes a cycle
    parameter int RamWidth  = 64,     // bytes a cycle through the DieRAM port; a power of two times LinkWidth, or part
    parameter int RamBytes  = 65536,
    parameter int Hop       = 2       // cycles through the interconnect, at least one
) (
    input  logic                         clk_i,
    /* verilator lint_off SYNCASYNCNET */  // assertions look at it, too
    input  logic                         rst_ni,
    /* verilator lint_on SYNCASYNCNET */
    // straps
    input  logic [            Banks-1:0] present_i,      // banks the die has
    input  logic                         half_duplex_i,
    // link: requests, each with the command of a doorbell or the word of a register beside it
    input  logic                         req_valid_i,
    output logic                         req_ready_o,
    input  logic                         req_write_i,
    input  logic [                 56:0] req_addr_i,
    input  logic [                 31:0] req_bytes_i,    // gather: of each bank
    input  logic [               1023:0] req_data_i,
    output logic [                  2:0] req_error_o,    // with ready: why it is refused, 0 if it begins
    // link: data in
    output logic                         in_ready_o,
    input  logic                         in_valid_i,
    input  logic [      LinkWidth*8-1:0] in_data_i,
    input  logic [        LinkWidth-1:0] in_strb_i,
    output logic                         in_done_o,      // a transfer has arrived
    output logic [                  2:0] in_error_o,
    // link: data out
    output logic                         out_valid_o,
    input  logic                         out_ready_i,
    output logic [      LinkWidth*8-1:0] out_data_o,
    output logic [        LinkWidth-1:0] out_strb_o,
    output logic                         out_last_o,
    output logic [                  2:0] out_error_o,
    output logic                         out_done_o,     // a transfer has arrived
    // link: doorbells and registers
    output logic                         bell_done_o,
    output logic [                  2:0] bell_error_o,
    output logic [                 31:0] bell_rdata_o,
    // banks: write port
    output logic [            Banks-1:0] wr_valid_o,
    input  logic [            Banks-1:0] wr_ready_i,
    input  logic [          3*Banks-1:0] wr_error_i,
    output logic [                 31:0] wr_offset_o,
    output logic [                 31:0] wr_left_o,
    output logic [      LinkWidth*8-1:0] wr_data_o,
    output logic [        LinkWidth-1:0] wr_strb_o,
    // banks: a read by address is announced, for cells need time; it begins when the bank is ready
    output logic [            Banks-1:0] open_valid_o,
    input  logic [            Banks-1:0] open_ready_i,
    input  logic [          3*Banks-1:0] open_error_i,
    output logic [                 31:0] open_offset_o,
    output logic [                 31:0] open_bytes_o,
    // banks: read port
    output logic [            Banks-1:0] rd_valid_o,
    input  logic [            Banks-1:0] rd_ready_i,
    input  logic [          3*Banks-1:0] rd_error_i,
    input  logic [Banks*LinkWidth*8-1:0] rd_data_i,
    output logic [                 31:0] rd_offset_o,
    output logic [                 31:0] rd_left_o,
    // banks: command register
    output logic [            Banks-1:0] cmd_valid_o,
    input  logic [            Banks-1:0] cmd_ready_i,
    input  logic [          3*Banks-1:0] cmd_error_i,
    output logic [                 11:0] cmd_offset_o,
    output logic [                 31:0] cmd_bytes_o,
    output logic [               1023:0] cmd_data_o
);
  `PIM_REQUIRE(Banks >= 1 && Banks <= 32, "pim_die: Banks: expected 1 to 32")
  `PIM_REQUIRE(LinkWidth >= 8 && (LinkWidth & (LinkWidth - 1)) == 0, "pim_die: LinkWidth: expected a power of two of at least 8")
  `PIM_REQUIRE(RamWidth >= 8 && (RamWidth & (RamWidth - 1)) == 0, "pim_die: RamWidth: expected a power of two of at least 8")
  `PIM_REQUIRE(RamBytes >= 2 * LinkWidth && (RamBytes & (RamBytes - 1)) == 0,
               "pim_die: RamBytes: expected a power of two of at least 2 LinkWidth")
  `PIM_REQUIRE(Hop >= 1, "pim_die: Hop: expected at least 1")

  localparam int SlotWidth = 28;
  localparam int BeatSlots = LinkWidth > RamWidth ? LinkWidth / RamWidth : 1;
  localparam int SlotBeats = RamWidth > LinkWidth ? RamWidth / LinkWidth : 1;
  localparam int LinkBits  = $clog2(LinkWidth);

  logic advance;

  // ---- the door
  logic is_bell, is_register, is_in, is_out, is_ram, is_single;
  logic [Banks-1:0] mask;
  logic [31:0] offset;
  logic [2:0] door_error, open_error;
  logic must_open, opened, link_free, accept;
  logic begin_bell, begin_in, begin_out;

  pim_die_decode #(
      .Banks   (Banks),
      .RamBytes(RamBytes)
  ) u_decode (
      .present_i,
      .write_i   (req_write_i),
      .addr_i    (req_addr_i),
      .bytes_i   (req_bytes_i),
      .bell_o    (is_bell),
      .register_o(is_register),
      .in_o      (is_in),
      .out_o     (is_out),
      .ram_o     (is_ram),
      .single_o  (is_single),
      .mask_o    (mask),
      .offset_o  (offset),
      .error_o   (door_error)
  );

  assign must_open     = is_out && is_single && !is_ram && door_error == '0;
  assign open_valid_o  = {Banks{req_valid_i && must_open}} & mask;
  assign open_offset_o = offset;
  assign open_bytes_o  = req_bytes_i;
  assign opened        = !must_open || (mask & ~open_ready_i) == '0;

  always_comb begin
    open_error = '0;
    for (int b = 0; b < Banks; b++) begin
      if (must_open && mask[b]) open_error = open_error_i[3*b+:3];
    end
  end

  logic in_free, out_free;
  always_comb begin
    link_free = 1'b1;
    if (is_in) link_free = in_free && (out_free || !half_duplex_i);
    if (is_out) link_free = out_free && (in_free || !half_duplex_i);
  end

  assign req_error_o = door_error != '0 ? door_error : open_error;
  assign req_ready_o = advance && opened && (req_error_o != '0 || link_free);
  assign accept      = req_valid_i && req_ready_o && req_error_o == '0;
  assign begin_bell  = accept && (is_bell || is_register);
  assign begin_in    = accept && is_in;
  assign begin_out   = accept && is_out;

  // ---- how long it takes
  logic [5:0] parts;
  logic [SlotWidth-1:0] beats, slots, served;

  always_comb begin
    parts = '0;
    for (int b = 0; b < Banks; b++) parts = parts + 6'(mask[b]);
    if (is_in || is_ram) parts = 6'd1;
  end
  assign beats = (SlotWidth'(req_bytes_i[31:LinkBits]) + SlotWidth'(req_bytes_i[LinkBits-1:0] != '0)) * SlotWidth'(parts);
  assign slots = (beats * SlotWidth'(BeatSlots) + SlotWidth'(SlotBeats - 1)) / SlotWidth'(SlotBeats);

  pim_die_port #(
      .SlotWidth(SlotWidth)
  ) u_port (
      .clk_i, .rst_ni,
      .advance_i(advance),
      .reserve_i(begin_in || begin_out),
      .slots_i  (slots),
      .served_o (served)
  );

  // ---- data
  logic due_in, in_waits, in_tells, out_waits, out_tells, bell_waits, bell_tells;
  logic [Banks-1:0] in_fault, out_fault, bell_fault;
  logic ram_write;
  logic [LinkWidth*8-1:0] ram_data;

  pim_die_in #(
      .Banks    (Banks),
      .LinkWidth(LinkWidth),
      .BeatSlots(BeatSlots),
      .SlotWidth(SlotWidth),
      .Hop      (Hop)
  ) u_in (
      .clk_i, .rst_ni,
      .advance_i  (advance),
      .begin_i    (begin_in),
      .ram_i      (is_ram),
      .single_i   (is_single),
      .mask_i     (mask),
      .offset_i   (offset),
      .bytes_i    (req_bytes_i),
      .beats_i    (beats),
      .served_i   (served),
      .free_o     (in_free),
      .due_o      (due_in),
      .data_i     (in_data_i),
      .strb_i     (in_strb_i),
      .done_o     (in_done_o),
      .error_o    (in_error_o),
      .tell_o     (in_tells),
      .fault_o    (in_fault),
      .wr_valid_o,
      .wr_ready_i,
      .wr_error_i,
      .wr_offset_o,
      .wr_left_o,
      .wr_data_o,
      .wr_strb_o,
      .wait_o     (in_waits),
      .ram_write_o(ram_write)
  );

  pim_die_ram #(
      .LinkWidth(LinkWidth),
      .RamBytes (RamBytes)
  ) u_ram (
      .clk_i,
      .write_i(ram_write),
      .waddr_i(wr_offset_o),
      .wdata_i(wr_data_o),
      .wstrb_i(wr_strb_o),
      .raddr_i(rd_offset_o),
      .rdata_o(ram_data)
  );

  pim_die_out #(
      .Banks    (Banks),
      .LinkWidth(LinkWidth),
      .BeatSlots(BeatSlots),
      .SlotWidth(SlotWidth),
      .Hop      (Hop)
  ) u_out (
      .clk_i, .rst_ni,
      .advance_i (advance),
      .begin_i   (begin_out),
      .ram_i     (is_ram),
      .single_i  (is_single),
      .mask_i    (mask),
      .offset_i  (offset),
      .bytes_i   (req_bytes_i),
      .beats_i   (beats),
      .served_i  (served),
      .free_o    (out_free),
      .rd_valid_o,
      .rd_ready_i,
      .rd_offset_o,
      .rd_left_o,
      .rd_data_i,
      .rd_error_i,
      .wait_o    (out_waits),
      .ram_data_i(ram_data),
      .tell_o    (out_tells),
      .fault_o   (out_fault),
      .valid_o   (out_valid_o),
      .ready_i   (out_ready_i),
      .data_o    (out_data_o),
      .strb_o    (out_strb_o),
      .last_o    (out_last_o),
      .error_o   (out_error_o),
      .done_o    (out_done_o)
  );

  // Banks that refused their part of the last broadcast, gather or doorbell to begin.
  localparam logic [1:0] TellsIn = 2'd0, TellsOut = 2'd1, TellsBell = 2'd2;
  logic [1:0] teller_q;
  logic [Banks-1:0] fault_mask_q;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      teller_q     <= TellsIn;
      fault_mask_q <= '0;
    end else begin
      if (in_done_o && in_tells && teller_q == TellsIn) fault_mask_q <= in_fault;
      if (out_tells && teller_q == TellsOut) fault_mask_q <= out_fault;
      if (bell_tells && teller_q == TellsBell) fault_mask_q <= bell_fault;
      if (begin_in && !is_single) {teller_q, fault_mask_q} <= {TellsIn, Banks'(0)};
      if (begin_out && !is_single) {teller_q, fault_mask_q} <= {TellsOut, Banks'(0)};
      if (begin_bell && is_bell) {teller_q, fault_mask_q} <= {TellsBell, Banks'(0)};
    end
  end

  // ---- commands
  pim_die_bell #(
      .Banks(Banks),
      .Hop  (Hop)
  ) u_bell (
      .clk_i, .rst_ni,
      .advance_i   (advance),
      .begin_i     (begin_bell),
      .register_i  (is_register),
      .write_i     (req_write_i),
      .mask_i      (mask),
      .offset_i    (offset[11:0]),
      .bytes_i     (req_bytes_i),
      .data_i      (req_data_i),
      .done_o      (bell_done_o),
      .error_o     (bell_error_o),
      .rdata_o     (bell_rdata_o),
      .tell_o      (bell_tells),
      .fault_o     (bell_fault),
      .cmd_valid_o,
      .cmd_ready_i,
      .cmd_error_i,
      .cmd_offset_o,
      .cmd_bytes_o,
      .cmd_data_o,
      .wait_o      (bell_waits),
      .fault_mask_i(32'(fault_mask_q))
  );

  // ---- waiting
  logic others_wait;
  assign others_wait = in_waits || out_waits || bell_waits;
  assign in_ready_o  = due_in && !others_wait;
  assign advance     = !others_wait && (!due_in || in_valid_i);

`ifdef PIM_ASSERTIONS
  StallsWrite: cover property (@(posedge clk_i) disable iff (!rst_ni) (wr_valid_o & ~wr_ready_i) != '0);
  StallsRead: cover property (@(posedge clk_i) disable iff (!rst_ni) (rd_valid_o & ~rd_ready_i) != '0);
  StallsCommand: cover property (@(posedge clk_i) disable iff (!rst_ni) (cmd_valid_o & ~cmd_ready_i) != '0);
  BothWays: cover property (@(posedge clk_i) disable iff (!rst_ni) in_valid_i && in_ready_o && out_valid_o && out_ready_i);
  WriteKeeps: assert property (@(posedge clk_i) disable iff (!rst_ni)
      wr_valid_o != '0 && !advance |=> $stable(wr_offset_o) && $stable(wr_left_o) && $stable(wr_data_o) && $stable(wr_strb_o));
  WriteWaits: assert property (@(posedge clk_i) disable iff (!rst_ni)
      (wr_valid_o & ~wr_ready_i) != '0 |=> wr_valid_o == $past(wr_valid_o & ~wr_ready_i));
  ReadKeeps: assert property (@(posedge clk_i) disable iff (!rst_ni)
      rd_valid_o != '0 && !advance |=> $stable(rd_valid_o) && $stable(rd_offset_o) && $stable(rd_left_o));
  OpenKeeps: assert property (@(posedge clk_i) disable iff (!rst_ni)
      open_valid_o != '0 && !req_ready_o |=> $stable(open_valid_o) && $stable(open_offset_o) && $stable(open_bytes_o));
  CommandKeeps: assert property (@(posedge clk_i) disable iff (!rst_ni)
      cmd_valid_o != '0 && !advance |=> $stable(cmd_data_o) && $stable(cmd_offset_o) && $stable(cmd_bytes_o));
  CommandWaits: assert property (@(posedge clk_i) disable iff (!rst_ni)
      (cmd_valid_o & ~cmd_ready_i) != '0 |=> cmd_valid_o == $past(cmd_valid_o & ~cmd_ready_i));
  OutKeeps: assert property (@(posedge clk_i) disable iff (!rst_ni)
      out_valid_o && !out_ready_i |=> out_valid_o && $stable(out_data_o) && $stable(out_strb_o) && $stable(out_last_o) && $stable(out_error_o));
  RequestKeeps: assume property (@(posedge clk_i) disable iff (!rst_ni)
      req_valid_i && !req_ready_o |=> req_valid_i && $stable(req_write_i) && $stable(req_addr_i) && $stable(req_bytes_i) && $stable(req_data_i));
  InKeeps: assume property (@(posedge clk_i) disable iff (!rst_ni)
      in_valid_i && !in_ready_o |=> in_valid_i && $stable(in_data_i) && $stable(in_strb_i));
  ToBanksOfTheDie: assert property (@(posedge clk_i) disable iff (!rst_ni) accept |-> (mask & ~present_i) == '0);
  RamHolds: assert property (@(posedge clk_i) disable iff (!rst_ni) ram_write |-> wr_offset_o < 32'(RamBytes));
  OnePurpose: assert property (@(posedge clk_i) disable iff (!rst_ni)
      accept |-> $onehot({is_bell, is_register, is_in, is_out}));
`endif
endmodule
