// Replays what `pimtlm-cosim bank --record FILE` put on the pins of pim_bank, in any simulator, and compares the outputs
// before every clock edge.
//   +vectors=FILE
`timescale 1ns / 1ps
module pim_bank_tb;
  logic clk, bus_clk, rst_n;

  // wires of the bank
  logic [4:0] bank;
  logic [5:0] mac_beat;
  logic [21:0] bram_bytes;
  logic [31:0] bmem_bytes;
  logic [11:0] t_rcd_read, t_rcd_mac, t_rcd_write, t_rp, t_ras, t_rc, t_ccd, t_wr, t_rtp, t_rfc;
  logic [27:0] t_refi, refresh_first, refresh_postpone;
  logic refresh_enable, two_buffers;
  logic [3:0] column_bits;

  // inputs
  logic which, bus_valid, bus_we, bus_rready;
  logic [21:0] bus_addr;
  logic [31:0] bus_be;
  logic [255:0] bus_wdata, rdata;
  // ... as read: Verilator 5.006 with --timing does not see that $fscanf changes what it is given.
  logic f_bus_valid, f_bus_we, f_bus_rready;
  logic [21:0] f_bus_addr;
  logic [31:0] f_bus_be;
  logic [255:0] f_bus_wdata, f_rdata;

  // outputs, and what they have to be
  logic bus_ready, bus_rvalid, busy, done, error, refresh, col_valid, wdata_valid;
  logic [255:0] bus_rdata, wdata;
  logic [1:0] act, pre, col_kind;
  logic [25:0] act_row0, act_row1, col_row;
  logic [14:0] col_index;
  logic [31:0] wdata_mask;
  logic e_bus_ready, e_bus_rvalid, e_busy, e_done, e_error, e_refresh, e_col_valid, e_wdata_valid;
  logic [255:0] e_bus_rdata, e_wdata;
  logic [1:0] e_act, e_pre, e_col_kind;
  logic [25:0] e_act_row0, e_act_row1, e_col_row;
  logic [14:0] e_col_index;
  logic [31:0] e_wdata_mask;

  pim_bank dut (
      .clk_i(clk),
      .rst_ni(rst_n),
      .bank_i(bank),
      .mac_beat_i(mac_beat),
      .bram_bytes_i(bram_bytes),
      .bmem_bytes_i(bmem_bytes),
      .t_rcd_read_i(t_rcd_read),
      .t_rcd_mac_i(t_rcd_mac),
      .t_rcd_write_i(t_rcd_write),
      .t_rp_i(t_rp),
      .t_ras_i(t_ras),
      .t_rc_i(t_rc),
      .t_ccd_i(t_ccd),
      .t_wr_i(t_wr),
      .t_rtp_i(t_rtp),
      .t_rfc_i(t_rfc),
      .t_refi_i(t_refi),
      .refresh_first_i(refresh_first),
      .refresh_postpone_i(refresh_postpone),
      .refresh_enable_i(refresh_enable),
      .two_buffers_i(two_buffers),
      .column_bits_i(column_bits),
      .bus_clk_i(bus_clk),
      .bus_valid_i(bus_valid),
      .bus_ready_o(bus_ready),
      .bus_we_i(bus_we),
      .bus_addr_i(bus_addr),
      .bus_be_i(bus_be),
      .bus_wdata_i(bus_wdata),
      .bus_rvalid_o(bus_rvalid),
      .bus_rready_i(bus_rready),
      .bus_rdata_o(bus_rdata),
      .busy_o(busy),
      .done_o(done),
      .error_o(error),
      .state_o(),
      .act_o(act),
      .act_row0_o(act_row0),
      .act_row1_o(act_row1),
      .pre_o(pre),
      .ref_o(refresh),
      .col_valid_o(col_valid),
      .col_kind_o(col_kind),
      .col_row_o(col_row),
      .col_index_o(col_index),
      .rdata_i(rdata),
      .wdata_valid_o(wdata_valid),
      .wdata_mask_o(wdata_mask),
      .wdata_o(wdata)
  );

  // Counted apart from the lines: behind a loop Verilator 5.006 with --timing takes a count for what it was before it.
  integer edges = 0;
  always @(posedge clk or posedge bus_clk) edges = edges + 1;
  integer file, fields, line;
  reg [8*512-1:0] name;

  task fail(input [8*12-1:0] what);
    begin
      $display("pim_bank_tb: line %0d: %0s differs (busy %b expected %b, done %b expected %b)", line, what, busy, e_busy, done, e_done);
      $finish;
    end
  endtask

  integer i;
  initial begin
    if (!$value$plusargs("vectors=%s", name)) begin
      $display("pim_bank_tb: expected +vectors=FILE");
      $finish;
    end
    file = $fopen(name, "r");
    fields = $fscanf(file, "%h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h %h\n", bank, mac_beat, bram_bytes,
                     bmem_bytes, t_rcd_read, t_rcd_mac, t_rcd_write, t_rp, t_ras, t_rc, t_ccd, t_wr, t_rtp, t_rfc, t_refi,
                     refresh_first, refresh_postpone, refresh_enable, two_buffers, column_bits);
    if (fields != 20) fail("the head");
    clk        = 0;
    bus_clk    = 0;
    bus_valid  = 0;
    bus_we     = 0;
    bus_rready = 0;
    bus_addr   = 0;
    bus_be     = 0;
    bus_wdata  = 0;
    rdata      = 0;
    rst_n      = 1;
    #1 rst_n = 0;
    #1 rst_n = 1;
    line = 1;
    while (!$feof(
        file
    )) begin
      fields = $fscanf(file, "%h %h %h %h %h %h %h %h", which, f_bus_valid, f_bus_we, f_bus_rready, f_bus_addr, f_bus_be,
                       f_bus_wdata, f_rdata);
      fields = fields + $fscanf(file, "%h %h %h %h %h %h", e_bus_ready, e_bus_rvalid, e_bus_rdata, e_busy, e_done, e_error);
      fields = fields + $fscanf(file, "%h %h %h %h %h %h %h %h %h", e_act, e_act_row0, e_act_row1, e_pre, e_refresh,
                                e_col_valid, e_col_kind, e_col_row, e_col_index);
      fields = fields + $fscanf(file, "%h %h %h\n", e_wdata_valid, e_wdata_mask, e_wdata);
      line = line + 1;
      if (fields != 26) fail("the line");
      bus_valid  = f_bus_valid;
      bus_we     = f_bus_we;
      bus_rready = f_bus_rready;
      bus_addr   = f_bus_addr;
      bus_be     = f_bus_be;
      bus_wdata  = f_bus_wdata;
      rdata      = f_rdata;
      #1;
      if (bus_ready !== e_bus_ready) fail("bus_ready");
      if (bus_rvalid !== e_bus_rvalid) fail("bus_rvalid");
      if (e_bus_rvalid && bus_rdata !== e_bus_rdata) fail("bus_rdata");
      if (busy !== e_busy) fail("busy");
      if (done !== e_done) fail("done");
      if (e_done && error !== e_error) fail("error");
      if (act !== e_act) fail("act");
      if (e_act[0] && act_row0 !== e_act_row0) fail("act_row0");
      if (e_act[1] && act_row1 !== e_act_row1) fail("act_row1");
      if (pre !== e_pre) fail("pre");
      if (refresh !== e_refresh) fail("ref");
      if (col_valid !== e_col_valid) fail("col_valid");
      if (e_col_valid && (col_kind !== e_col_kind || col_row !== e_col_row || col_index !== e_col_index)) fail("column");
      if (wdata_valid !== e_wdata_valid) fail("wdata_valid");
      if (e_wdata_valid) begin
        if (wdata_mask !== e_wdata_mask) fail("wdata_mask");
        for (i = 0; i < 32; i = i + 1) if (e_wdata_mask[i] && wdata[8*i+:8] !== e_wdata[8*i+:8]) fail("wdata");
      end
      if (which) bus_clk = 1;
      else clk = 1;
      #1;
      bus_clk = 0;
      clk     = 0;
    end
    $display("pim_bank_tb: passed, %0d edges", edges);
    $finish;
  end
endmodule
