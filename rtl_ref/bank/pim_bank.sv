`include "pim_assert.svh"
`include "pim_pkg.svh"
// A DRAM bank that multiplies where the weights live.
//
// Bus (bus_clk_i): the bank's window, 32 bytes a beat. The command register takes a descriptor of four beats, lowest
// first; with the last one the bank starts as soon as it is free. One more descriptor may be written while it runs; a
// third waits for ready. The status register reads 1 while a command runs or waits. BRAM is read and written at will.
// The two clocks have a common source, so no beat is sampled between two values.
//
// Cells (clk_i, the clock of the DRAM): commands to row buffers and columns as pim_dram_fsm issues them; what a column
// holds is on rdata_i in the cycle after it has been issued. Writes follow their columns in order.
//
// Timings, and the place of the bank in its die, are wires: they come from fuses.
module pim_bank #(
    parameter int BramWordBits  = 14,    // 64 KiB
    parameter int MaxVectors    = 64,
    parameter int MaxSums       = 8192,  // PV: vectors * head_dim
    parameter int SparseWeights = 1      // 0: without weights of 8:16, 4:16 and 2:16
) (
    input logic clk_i,
    input logic rst_ni,

    input logic [ 4:0] bank_i,
    input logic [ 5:0] mac_beat_i,          // cycles of clk_i in which the MAC array takes 64 products; at least 2
    input logic [21:0] bram_bytes_i,
    input logic [31:0] bmem_bytes_i,
    input logic [11:0] t_rcd_read_i,
    input logic [11:0] t_rcd_mac_i,
    input logic [11:0] t_rcd_write_i,
    input logic [11:0] t_rp_i,
    input logic [11:0] t_ras_i,
    input logic [11:0] t_rc_i,
    input logic [11:0] t_ccd_i,
    input logic [11:0] t_wr_i,
    input logic [11:0] t_rtp_i,
    input logic [11:0] t_rfc_i,
    input logic [27:0] t_refi_i,
    input logic [27:0] refresh_first_i,
    input logic [27:0] refresh_postpone_i,
    input logic        refresh_enable_i,
    input logic        two_buffers_i,
    input logic [ 3:0] column_bits_i,

    input  logic         bus_clk_i,
    input  logic         bus_valid_i,
    output logic         bus_ready_o,
    input  logic         bus_we_i,
    input  logic [ 21:0] bus_addr_i,    // a multiple of 32 within the bank's window
    input  logic [ 31:0] bus_be_i,
    input  logic [255:0] bus_wdata_i,
    output logic         bus_rvalid_o,
    input  logic         bus_rready_i,
    output logic [255:0] bus_rdata_o,

    output logic       busy_o,
    output logic       done_o,   // last cycle of a command
    output logic       error_o,  // with done_o: it was refused
    output logic [2:0] state_o,  // 0 idle, 1 decode, 2 columns, 3 drain, 4 softmax, 5 store; for waveforms only

    output logic [  1:0] act_o,
    output logic [ 25:0] act_row0_o,
    output logic [ 25:0] act_row1_o,
    output logic [  1:0] pre_o,
    output logic         ref_o,
    output logic         col_valid_o,
    output logic [  1:0] col_kind_o,     // 0 read, 1 MAC, 2 write
    output logic [ 25:0] col_row_o,
    output logic [ 14:0] col_index_o,
    input  logic [255:0] rdata_i,
    output logic         wdata_valid_o,
    output logic [ 31:0] wdata_mask_o,
    output logic [255:0] wdata_o
);
  `include "pim_abi.svh"

  `PIM_REQUIRE(BramWordBits >= 10 && BramWordBits <= 20, "pim_bank: BramWordBits: expected 10 to 20")
  `PIM_REQUIRE(MaxVectors == 32 || MaxVectors == 64, "pim_bank: MaxVectors: expected 32 or 64")
  `PIM_REQUIRE(MaxSums == 4096 || MaxSums == 8192, "pim_bank: MaxSums: expected 4096 or 8192")
  `PIM_REQUIRE(SparseWeights == 0 || SparseWeights == 1, "pim_bank: SparseWeights: expected 0 or 1")

  localparam logic [3:0] DrainCycles = 4'd8;  // last column to the last result in BRAM
  localparam logic [3:0] RoundBegins = 4'd6;  // results of columns are there before their sums are read again
  localparam logic [3:0] ClearBegins = 4'd7;  // and through the port

  // ---- bus: command register, status, BRAM
  logic [1023:0] descriptor_q;
  logic posted_q, taken_q;  // parities of descriptors written and started
  logic waiting;
  assign waiting = posted_q != taken_q;

  logic bus_to_command, bus_to_bram, bus_go, bus_last_beat;
  assign bus_to_command = bus_addr_i[21:7] == 15'(BankCommand >> 7);
  assign bus_to_bram    = bus_addr_i[21];
  assign bus_ready_o    = !(bus_we_i && bus_to_command && waiting) && !(bus_rvalid_o && !bus_rready_i);
  assign bus_go         = bus_valid_i && bus_ready_o;
  assign bus_last_beat  = bus_go && bus_we_i && bus_to_command && bus_addr_i[6:5] == 2'd3;

  logic bus_from_bram_q, bus_from_status_q, bus_status_q;
  logic [255:0] bram_rdata;
  always_ff @(posedge bus_clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      descriptor_q      <= '0;
      posted_q          <= 1'b0;
      bus_rvalid_o      <= 1'b0;
      bus_from_bram_q   <= 1'b0;
      bus_from_status_q <= 1'b0;
      bus_status_q      <= 1'b0;
    end else begin
      if (bus_go && bus_we_i && bus_to_command) descriptor_q[256*bus_addr_i[6:5]+:256] <= bus_wdata_i;
      if (bus_last_beat) posted_q <= !posted_q;
      if (bus_rvalid_o && bus_rready_i) bus_rvalid_o <= 1'b0;
      if (bus_go && !bus_we_i) begin
        bus_rvalid_o      <= 1'b1;
        bus_from_bram_q   <= bus_to_bram;
        bus_from_status_q <= bus_addr_i == 22'(BankStatus);
        bus_status_q      <= busy_o || waiting;
      end
    end
  end
  always_comb begin
    bus_rdata_o = '0;
    if (bus_from_bram_q) bus_rdata_o = bram_rdata;
    else if (bus_from_status_q) bus_rdata_o = 256'(bus_status_q);
  end

  // ---- the command
  pim_pkg::bank_state_t state_q;
  assign state_o = state_q;
  logic [1023:0] command_q;
  logic [1:0] decode_q;
  logic [3:0] drain_q;

  pim_pkg::runs_t runs;
  logic next_run, softmax_again, softmax_advance;
  pim_mask_runs u_runs (
      .clk_i,
      .rst_ni,
      .restart_i(state_q == pim_pkg::BankDecode && decode_q == 2'd0),
      .again_i  (softmax_again),
      .advance_i(next_run || softmax_advance),
      .masked_i ((command_q[CmdFlags+:8] & FlagMasked) != '0),
      .mask_i   (command_q[CmdAttentionMask0+:256]),
      .blocks_i (command_q[CmdAttentionMaskBlocks+:9]),
      .runs_o   (runs)
  );

  logic ok;
  pim_pkg::decoded_t decoded;
  logic [25:0] first_column, columns;
  pim_command_decoder #(
      .MaxVectors   (MaxVectors),
      .MaxSums      (MaxSums),
      .SparseWeights(SparseWeights)
  ) u_decoder (
      .clk_i,
      .load_i    (state_q == pim_pkg::BankIdle && waiting),
      .start_i   (state_q == pim_pkg::BankDecode && decode_q == 2'd0),
      .next_i    (descriptor_q),
      .command_i (command_q),
      .bank_i,
      .mac_beat_i,
      .bram_bytes_i,
      .bmem_bytes_i,
      .runs_i    (runs),
      .next_run_i(state_q == pim_pkg::BankColumns),
      .ok_o      (ok),
      .decoded_o (decoded),
      .column_o  (first_column),
      .columns_o (columns)
  );

  logic checked, streams, stores;
  assign checked = state_q == pim_pkg::BankDecode && decode_q == 2'd2;
  assign streams = checked && ok && (decoded.is_mac || decoded.is_score || decoded.is_pv || decoded.is_fill);
  assign stores  = checked && ok && decoded.is_store;

  pim_pkg::fields_t fields;
  pim_command_fields #(
      .SparseWeights(SparseWeights)
  ) u_fields (
      .clk_i,
      .checked_i(checked && ok),
      .command_i(command_q),
      .decoded_i(decoded),
      .fields_o (fields)
  );

  // ---- rows and columns
  logic fsm_req_valid, fsm_req_ready, fsm_active;
  logic store_req_valid, store_done;
  logic [25:0] store_column, store_count;
  // What is seen of the cache comes in runs.
  logic another_run;
  assign another_run   = state_q == pim_pkg::BankColumns && (decoded.is_score || decoded.is_pv) && runs.next_valid
      && {6'd0, runs.next_begin, 6'd0} < decoded.held_last;
  assign next_run      = another_run && fsm_req_ready;
  assign fsm_req_valid = (streams && columns != '0) || another_run || ((stores || state_q == pim_pkg::BankStore) && store_req_valid);

  pim_pkg::dram_timing_t timing;
  assign timing.t_rcd_read       = t_rcd_read_i;
  assign timing.t_rcd_mac        = t_rcd_mac_i;
  assign timing.t_rcd_write      = t_rcd_write_i;
  assign timing.t_rp             = t_rp_i;
  assign timing.t_ras            = t_ras_i;
  assign timing.t_rc             = t_rc_i;
  assign timing.t_ccd            = t_ccd_i;
  assign timing.t_wr             = t_wr_i;
  assign timing.t_rtp            = t_rtp_i;
  assign timing.t_rfc            = t_rfc_i;
  assign timing.t_refi           = t_refi_i;
  assign timing.refresh_first    = refresh_first_i;
  assign timing.refresh_postpone = refresh_postpone_i;
  assign timing.refresh_enable   = refresh_enable_i;
  assign timing.two_buffers      = two_buffers_i;
  assign timing.column_bits      = column_bits_i;
  pim_pkg::stream_t stream;
  assign stream.kind     = decoded.is_store ? pim_pkg::ColumnWrite : pim_pkg::ColumnMac;
  assign stream.column   = decoded.is_store ? store_column : first_column;
  assign stream.count    = decoded.is_store ? store_count : columns;
  assign stream.interval = decoded.interval;
  pim_dram_fsm u_fsm (
      .clk_i,
      .rst_ni,
      .timing_i   (timing),
      .req_valid_i(fsm_req_valid),
      .req_ready_o(fsm_req_ready),
      .req_i      (stream),
      .active_o   (fsm_active),
      .act_o,
      .act_row0_o,
      .act_row1_o,
      .pre_o,
      .ref_o,
      .col_valid_o,
      .col_kind_o,
      .col_row_o,
      .col_index_o
  );
  logic column_q;  // its bytes are on rdata_i
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) column_q <= 1'b0;
    else column_q <= col_valid_o && col_kind_o == pim_pkg::ColumnMac;
  end

  // ---- units, and what they want of BRAM
  pim_pkg::bram_read_t control_line, control_pair, softmax_line, store_line, pass_line, pass_pair;
  pim_pkg::bram_write_t array_write, softmax_write, pass_write;
  logic [2047:0] array_data;
  logic [63:0] softmax_data;
  logic [127:0] pass_data;
  logic [1023:0] line;
  logic [63:0] pair;

  logic meta_valid;
  logic [7:0] meta_index;
  pim_pkg::beat_t beat;
  pim_mac_control u_control (
      .clk_i,
      .rst_ni,
      .begin_i     (streams && !decoded.is_fill),
      .decoded_i   (decoded),
      .fields_i    (fields),
      .runs_i      (runs),
      .next_run_i  (next_run),
      .column_i    (column_q),
      .meta_valid_o(meta_valid),
      .meta_index_o(meta_index),
      .line_read_o (control_line),
      .pair_read_o (control_pair),
      .beat_o      (beat)
  );
  pim_mac_array #(
      .MaxVectors   (MaxVectors),
      .MaxSums      (MaxSums),
      .SparseWeights(SparseWeights)
  ) u_array (
      .clk_i,
      .rst_ni,
      .decoded_i     (decoded),
      .fields_i      (fields),
      .column_valid_i(column_q),
      .rdata_i,
      .meta_valid_i  (meta_valid),
      .meta_index_i  (meta_index),
      .beat_i        (beat),
      .line_i        (line),
      .pair_i        (pair),
      .write_o       (array_write),
      .write_data_o  (array_data)
  );

  logic [3:0] pass_begins;
  assign pass_begins = fields.round_later ? RoundBegins : ClearBegins;
  logic pass_start, pass_busy, pass_wanted;
  assign pass_wanted = fields.round_later || fields.clear_bytes != '0;
  assign pass_start  = state_q == pim_pkg::BankDrain && drain_q == pass_begins - 4'd1 && pass_wanted;
  pim_result_pass u_pass (
      .clk_i,
      .rst_ni,
      .start_i     (pass_start),
      .busy_o      (pass_busy),
      .decoded_i   (decoded),
      .fields_i    (fields),
      .line_read_o (pass_line),
      .pair_read_o (pass_pair),
      .line_i      (line),
      .pair_i      (pair),
      .write_o     (pass_write),
      .write_data_o(pass_data)
  );

  logic softmax_last;
  pim_softmax_unit u_softmax (
      .clk_i,
      .rst_ni,
      .start_i     (checked && ok && decoded.is_softmax),
      .last_o      (softmax_last),
      .decoded_i   (decoded),
      .fields_i    (fields),
      .runs_i      (runs),
      .again_o     (softmax_again),
      .advance_o   (softmax_advance),
      .line_read_o (softmax_line),
      .line_i      (line),
      .write_o     (softmax_write),
      .write_data_o(softmax_data)
  );

  pim_kv_store u_store (
      .clk_i,
      .rst_ni,
      .start_i      (stores),
      .done_o       (store_done),
      .decoded_i    (decoded),
      .fields_i     (fields),
      .req_valid_o  (store_req_valid),
      .req_ready_i  (fsm_req_ready),
      .req_column_o (store_column),
      .req_count_o  (store_count),
      .column_i     (col_valid_o && col_kind_o == pim_pkg::ColumnWrite),
      .line_read_o  (store_line),
      .line_i       (line),
      .cells_valid_o(wdata_valid_o),
      .cells_mask_o (wdata_mask_o),
      .cells_data_o (wdata_o)
  );

  pim_pkg::bram_read_t line_read, pair_read;
  pim_pkg::bram_write_t write;
  assign line_read = control_line.req ? control_line : softmax_line.req ? softmax_line : store_line.req ? store_line : pass_line;
  assign pair_read = control_pair.req ? control_pair : pass_pair;
  assign write     = array_write.req ? array_write : softmax_write.req ? softmax_write : pass_write;
  pim_bram #(.WordBits(BramWordBits)) u_bram (
      .clk_i,
      .line_req_i   (line_read.req),
      .line_word_i  (BramWordBits'(line_read.word)),
      .line_o       (line),
      .pair_req_i   (pair_read.req),
      .pair_word_i  (BramWordBits'(pair_read.word)),
      .pair_o       (pair),
      .write_req_i  (write.req),
      .write_word_i (BramWordBits'(write.word)),
      .write_bytes_i(write.bytes),
      .write_data_i (array_write.req ? array_data : softmax_write.req ? 2048'(softmax_data) : {16{pass_data}}),
      .bus_clk_i,
      .bus_req_i    (bus_go && bus_to_bram),
      .bus_we_i,
      .bus_block_i  (bus_addr_i[5+:BramWordBits-3]),
      .bus_be_i,
      .bus_wdata_i,
      .bus_rdata_o  (bram_rdata)
  );

  // ---- from command to command
  logic finish;
  always_comb begin
    finish = 1'b0;
    case (state_q)
      pim_pkg::BankDecode:  finish = checked && (!ok || (decoded.is_store && store_done));
      pim_pkg::BankDrain:   finish = drain_q == DrainCycles - 4'd1 && !pass_busy;
      pim_pkg::BankSoftmax: finish = softmax_last;
      pim_pkg::BankStore:   finish = store_done && fsm_req_ready;
      default: ;
    endcase
  end
  assign done_o  = finish;
  assign error_o = checked && !ok;
  assign busy_o  = state_q != pim_pkg::BankIdle;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q   <= pim_pkg::BankIdle;
      taken_q   <= 1'b0;
      command_q <= '0;
      decode_q  <= '0;
      drain_q   <= '0;
    end else begin
      case (state_q)
        pim_pkg::BankIdle: begin
          decode_q <= '0;
          if (waiting) begin
            state_q   <= pim_pkg::BankDecode;
            taken_q   <= posted_q;
            command_q <= descriptor_q;
          end
        end
        pim_pkg::BankDecode: begin
          decode_q <= decode_q + 2'd1;
          drain_q  <= '0;
          if (streams) state_q <= pim_pkg::BankColumns;
          if (stores) state_q <= pim_pkg::BankStore;
          if (checked && ok && decoded.is_softmax) state_q <= pim_pkg::BankSoftmax;
        end
        pim_pkg::BankColumns: begin
          if (!fsm_active) begin
            state_q <= pim_pkg::BankDrain;
            drain_q <= 4'd1;
          end
        end
        pim_pkg::BankDrain: if (!(drain_q == pass_begins && pass_busy)) drain_q <= drain_q + 4'd1;
        default: ;
      endcase
      if (finish) state_q <= pim_pkg::BankIdle;
    end
  end

`ifdef PIM_ASSERTIONS
  a_command_waits :
  assume property (@(posedge bus_clk_i) bus_valid_i && !bus_ready_o |=>
      bus_valid_i && $stable(bus_we_i) && $stable(bus_addr_i) && $stable(bus_be_i) && $stable(bus_wdata_i));
  a_read_waits :
  assert property (@(posedge bus_clk_i) bus_rvalid_o && !bus_rready_i |=> bus_rvalid_o && $stable(bus_rdata_o));
  a_first_request_is_taken :
  assert property (@(posedge clk_i) fsm_req_valid && checked |-> fsm_req_ready);
  a_one_reader :
  assert property (@(posedge clk_i) $onehot0({control_line.req, softmax_line.req, store_line.req, pass_line.req}));
  a_one_writer :
  assert property (@(posedge clk_i) $onehot0({array_write.req, softmax_write.req, pass_write.req}));
  a_one_scalar_reader :
  assert property (@(posedge clk_i) $onehot0({control_pair.req, pass_pair.req}));
  a_beats_are_aligned :
  assert property (@(posedge bus_clk_i) bus_valid_i |-> bus_addr_i[4:0] == '0);
  a_results_stay_in_bram :
  assert property (@(posedge clk_i) write.req |->
      {write.word, 2'b00} + 23'(write.bytes) <= 23'(bram_bytes_i));
  a_columns_stay_in_the_cells :
  assert property (@(posedge clk_i) col_valid_o |->
      ((48'(col_row_o) << column_bits_i) + 48'(col_index_o)) << 5 < 48'(bmem_bytes_i) && 16'(col_index_o) >> column_bits_i == '0);
  a_nothing_is_left :
  assert property (@(posedge clk_i) write.req |-> busy_o);
  c_a_descriptor_waits :
  cover property (@(posedge clk_i) busy_o && waiting);
  c_a_refresh_in_a_command :
  cover property (@(posedge clk_i) busy_o && ref_o);
  c_the_bus_beside_a_command :
  cover property (@(posedge bus_clk_i) busy_o && bus_go && bus_to_bram);
  c_a_pass_waits_for_the_drain :
  cover property (@(posedge clk_i) state_q == pim_pkg::BankDrain && drain_q == pass_begins && pass_busy);
  a_only_writes_write :
  assert property (@(posedge clk_i) wdata_valid_o |-> decoded.is_store);
`endif
endmodule
